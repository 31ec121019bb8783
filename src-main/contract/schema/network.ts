/**
 * A network as a list of layers in topological order, with Keras's layer names, defaults and counting
 * (activations, padding and the input layer are layers). Pure (zod only). This is the form in which
 * architectures are written, saved, folded, exported and read from a user's file.
 *
 * Shapes are [batch, height, width, channels] for feature maps and [batch, features] after a pooling or flatten.
 */
import { z } from 'zod';

const name = z
  .string()
  .min(1)
  .regex(/^[\w./-]+$/);
const positiveInt = z.number().int().positive();
const pair = z.tuple([positiveInt, positiveInt]);
const padding = z.enum(['same', 'valid']);
const edge = z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]);
const activation = z.enum(['linear', 'relu', 'relu6', 'softmax']);
const initialiser = z.enum(['glorot-uniform', 'he-normal', 'uniform-0.05']);
/** Names of the layers whose outputs come in; left out: the layer before. */
const inputs = z.array(name).min(1).optional();
const l2 = z.number().min(0).default(0);

export const Layer = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('input'),
    name,
    height: positiveInt,
    width: positiveInt,
    channels: positiveInt,
  }),
  z.strictObject({
    type: z.literal('conv2d'),
    name,
    inputs,
    filters: positiveInt,
    kernelSize: pair,
    strides: pair.default([1, 1]),
    padding: padding.default('valid'),
    useBias: z.boolean().default(true),
    activation: activation.default('linear'),
    initialiser: initialiser.default('glorot-uniform'),
    l2,
  }),
  z.strictObject({
    type: z.literal('depthwise-conv2d'),
    name,
    inputs,
    kernelSize: pair,
    strides: pair.default([1, 1]),
    padding: padding.default('valid'),
    useBias: z.boolean().default(true),
    activation: activation.default('linear'),
    initialiser: initialiser.default('glorot-uniform'),
  }),
  z.strictObject({
    type: z.literal('batch-norm'),
    name,
    inputs,
    epsilon: z.number().positive().default(1e-3),
    momentum: z.number().min(0).max(1).default(0.99),
    center: z.boolean().default(true),
    scale: z.boolean().default(true),
  }),
  z.strictObject({ type: z.literal('activation'), name, inputs, activation }),
  z.strictObject({ type: z.literal('zero-padding'), name, inputs, padding: z.tuple([edge, edge]) }),
  z.strictObject({
    type: z.literal('max-pool'),
    name,
    inputs,
    poolSize: pair.default([2, 2]),
    strides: pair.optional(),
    padding: padding.default('valid'),
  }),
  z.strictObject({
    type: z.literal('average-pool'),
    name,
    inputs,
    poolSize: pair.default([2, 2]),
    strides: pair.optional(),
    padding: padding.default('valid'),
  }),
  z.strictObject({ type: z.literal('global-average-pool'), name, inputs }),
  z.strictObject({ type: z.literal('flatten'), name, inputs }),
  z.strictObject({
    type: z.literal('dense'),
    name,
    inputs,
    units: positiveInt,
    useBias: z.boolean().default(true),
    activation: activation.default('linear'),
    initialiser: initialiser.default('glorot-uniform'),
    l2,
  }),
  z.strictObject({ type: z.literal('dropout'), name, inputs, rate: z.number().min(0).lt(1) }),
  z.strictObject({ type: z.literal('add'), name, inputs: z.array(name).min(2) }),
  z.strictObject({ type: z.literal('concat'), name, inputs: z.array(name).min(2) }),
]);
export type Layer = z.infer<typeof Layer>;
export type LayerInput = z.input<typeof Layer>;
export type LayerOf<T extends Layer['type']> = Extract<Layer, { type: T }>;

/** `layers[0]` is the input; the last layer is the output, and gives probabilities (softmax). */
export const Network = z.strictObject({
  layers: z.array(Layer).min(2),
  /** How many of `layers`, from the first, belong to the backbone; the rest is the head. 0: no backbone. */
  backboneLayerCount: z.number().int().nonnegative().default(0),
});
export type Network = z.infer<typeof Network>;
