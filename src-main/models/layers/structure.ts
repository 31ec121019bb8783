/** Layers without weights that shape or join what flows: padding, flatten, add, concat, dropout. Runs in the worker. */
import type { LayerOf } from '../../contract/schema/network.ts';
import { op, typeAttribute } from '../../native-op.ts';
import { type Tensor, type Tensor4D, tf } from '../../tf.ts';
import type { LayerKernel } from './kernel.ts';

const nothing = () => ({ inputs: false, output: false });

export const inputKernel: LayerKernel<LayerOf<'input'>> = {
  keeps: nothing,
  forward: (_layer, [input]) => ({ output: input!.clone() }),
  backward: () => ({ inputs: [] }),
};

export const zeroPaddingKernel: LayerKernel<LayerOf<'zero-padding'>> = {
  keeps: nothing,
  forward: ({ padding: [rows, columns] }, [input]) => ({
    output: tf.pad4d(input as Tensor4D, [[0, 0], rows, columns, [0, 0]]),
  }),
  backward({ layer, inputs, gradient }) {
    const [[top], [left]] = layer.padding;
    return { inputs: [tf.slice4d(gradient as Tensor4D, [0, top, left, 0], (inputs[0] as Tensor4D).shape)] };
  },
};

export const flattenKernel: LayerKernel<LayerOf<'flatten'>> = {
  keeps: nothing,
  forward: (_layer, [input]) => ({ output: input!.reshape([input!.shape[0]!, -1]) }),
  backward: ({ inputs, gradient }) => ({ inputs: [gradient.reshape(inputs[0]!.shape)] }),
};

export const addKernel: LayerKernel<LayerOf<'add'>> = {
  keeps: nothing,
  forward: (_layer, inputs) => ({
    output: inputs.slice(1).reduce((sum, input) => sum.add(input), inputs[0]!),
  }),
  backward: ({ inputs, gradient }) => ({ inputs: inputs.map(() => gradient.clone()) }),
};

export const concatKernel: LayerKernel<LayerOf<'concat'>> = {
  keeps: nothing,
  forward: (_layer, inputs) => ({ output: tf.concat([...inputs], -1) }),
  backward({ inputs, gradient }) {
    return {
      inputs: tf.split(
        gradient,
        inputs.map((input) => input.shape.at(-1)!),
        -1,
      ),
    };
  },
};

/**
 * Inverted dropout (Srivastava et al. 2014): kept values are divided by the share kept. The mask comes from a
 * counter-based generator (Philox) keyed by two seeds, so that it does not depend on threads.
 */
export const dropoutKernel: LayerKernel<LayerOf<'dropout'>> = {
  keeps: nothing,
  forward({ rate }, [input], _weights, { training, nextSeeds }) {
    if (!training || rate === 0) return { output: input!.clone() };
    const uniform = op(
      'StatelessRandomUniform',
      [tf.tensor1d(input!.shape, 'int32'), nextSeeds()],
      [typeAttribute('dtype', 'float32'), typeAttribute('T', 'int32'), typeAttribute('Tseed', 'int32')],
    );
    const mask: Tensor = uniform
      .greaterEqual(rate)
      .toFloat()
      .mul(1 / (1 - rate));
    return { output: input!.mul(mask), saved: [mask] };
  },
  backward: ({ gradient, saved }) => ({ inputs: [saved[0] ? gradient.mul(saved[0]) : gradient.clone()] }),
};
