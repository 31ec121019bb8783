/**
 * Layers written briefly, for the architecture files. Runs in the worker; makes plain data only.
 * `inputs` is left out where a layer takes the one before it.
 */
import { Layer, type LayerInput } from '../contract/schema/network.ts';

/** Fills in Keras's defaults. */
export function layer(input: LayerInput): Layer {
  return Layer.parse(input);
}

/** The first layer: RGB images. @param height pixels @param width pixels */
export function imageInput(height: number, width: number): Layer {
  return layer({ type: 'input', name: 'input_layer', height, width, channels: 3 });
}

export interface ConvolutionOptions {
  stride?: number;
  padding?: 'same' | 'valid';
  useBias?: boolean;
  inputs?: string[];
}

/** Convolution without an activation; no bias unless asked for, as a batch norm follows it nearly always. */
export function convolution(name: string, filters: number, size: number, options: ConvolutionOptions = {}) {
  const { stride = 1, padding = 'valid', useBias = false, inputs } = options;
  return layer({
    type: 'conv2d',
    name,
    filters,
    kernelSize: pair(size),
    strides: pair(stride),
    padding,
    useBias,
    ...(inputs && { inputs }),
  });
}

export function depthwise(name: string, size: number, stride: number, padding: 'same' | 'valid'): Layer {
  return layer({
    type: 'depthwise-conv2d',
    name,
    kernelSize: pair(size),
    strides: pair(stride),
    padding,
    useBias: false,
  });
}

export function batchNorm(name: string, epsilon: number, inputs?: string[]): Layer {
  return layer({ type: 'batch-norm', name, epsilon, ...(inputs && { inputs }) });
}

export function activation(name: string, kind: 'relu' | 'relu6'): Layer {
  return layer({ type: 'activation', name, activation: kind });
}

/** @param edges pixels added at [[top, bottom], [left, right]], or one number for all four sides */
export function zeroPadding(name: string, edges: number | [[number, number], [number, number]]): Layer {
  const padding = typeof edges === 'number' ? ([pair(edges), pair(edges)] as const) : edges;
  return layer({ type: 'zero-padding', name, padding: [[...padding[0]], [...padding[1]]] });
}

export function maxPool(name: string, size: number, stride: number): Layer {
  return layer({ type: 'max-pool', name, poolSize: pair(size), strides: pair(stride) });
}

export function averagePool(name: string, size: number, stride: number): Layer {
  return layer({ type: 'average-pool', name, poolSize: pair(size), strides: pair(stride) });
}

export function add(name: string, inputs: string[]): Layer {
  return layer({ type: 'add', name, inputs });
}

export function concat(name: string, inputs: string[]): Layer {
  return layer({ type: 'concat', name, inputs });
}

function pair(size: number): [number, number] {
  return [size, size];
}
