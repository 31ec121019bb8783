/** Activations, alone or at the end of a convolution or dense layer. Runs in the worker. */
import type { LayerOf } from '../../contract/schema/network.ts';
import { op } from '../../native-op.ts';
import type { Tensor } from '../../tf.ts';
import type { LayerKernel } from './kernel.ts';

export type ActivationName = LayerOf<'activation'>['activation'];

const forwardOperation = { relu: 'Relu', relu6: 'Relu6', softmax: 'Softmax' } as const;

/** Applies an activation; `linear` returns its input itself. */
export function activate(name: ActivationName, value: Tensor): Tensor {
  return name === 'linear' ? value : op(forwardOperation[name], [value]);
}

/** Gradient with respect to an activation's input, from its output; `linear` returns the gradient itself. */
export function activationGradient(name: ActivationName, output: Tensor, gradient: Tensor): Tensor {
  switch (name) {
    case 'linear':
      return gradient;
    case 'relu':
      return op('ReluGrad', [gradient, output]);
    case 'relu6':
      return op('Relu6Grad', [gradient, output]);
    case 'softmax': {
      // dx = (dy - sum(dy * y)) * y over the last axis
      const weighted = gradient.mul(output);
      return gradient.sub(weighted.sum(-1, true)).mul(output);
    }
  }
}

export const activationKernel: LayerKernel<LayerOf<'activation'>> = {
  keeps: (layer) => ({ inputs: false, output: layer.activation !== 'linear' }),
  forward(layer, [input]) {
    return { output: layer.activation === 'linear' ? input!.clone() : activate(layer.activation, input!) };
  },
  backward({ layer, output, gradient }) {
    return {
      inputs: [
        layer.activation === 'linear'
          ? gradient.clone()
          : activationGradient(layer.activation, output, gradient),
      ],
    };
  },
};
