/** The contract: all that crosses a boundary between processes. Pure; imports zod alone. */
export * from './api.ts';
export * from './describe-issues.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './schema/catalogue.ts';
export * from './schema/config.ts';
export * from './schema/dataset.ts';
export * from './schema/doctor.ts';
export * from './schema/evaluation.ts';
export * from './schema/job.ts';
export * from './schema/model.ts';
export * from './schema/network.ts';
export * from './schema/run.ts';
export * from './schema/settings.ts';
export * from './system-error.ts';
export * from './wire.ts';
export * from './worker.ts';
