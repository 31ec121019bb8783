/** The contract: all that crosses a boundary between processes. Pure; imports zod alone. */
export * from './errors.ts';
export * from './schema/config.ts';
export * from './schema/dataset.ts';
export * from './schema/evaluation.ts';
export * from './schema/model.ts';
export * from './schema/network.ts';
export * from './schema/run.ts';
