/** What is installed, which device will be used and why, and what would make it faster. Pure (zod only). */
import { z } from 'zod';
import { Environment } from './run.ts';

export const DoctorFinding = z.object({
  /** `problem`: something does not work; `advice`: it works and could be better. */
  severity: z.enum(['ok', 'advice', 'problem']),
  title: z.string(),
  detail: z.string(),
  /** What to do; null when there is nothing to do. */
  remedy: z.string().nullable(),
});
export type DoctorFinding = z.infer<typeof DoctorFinding>;

/** What was found of an NVIDIA card, whether it is used or not. */
export const GpuReport = z.object({
  /** Name and memory of each. */
  cards: z.array(z.string()),
  driver: z.string().nullable(),
  cuda: z.string().nullable(),
  cudnn: z.string().nullable(),
  /** Shared libraries that TensorFlow would need and that are nowhere it looks. */
  missing: z.array(z.string()),
});
export type GpuReport = z.infer<typeof GpuReport>;

export const DoctorReport = z.object({
  /** Null when the native library cannot be loaded. */
  environment: Environment.nullable(),
  /** Why this device is used. */
  deviceReason: z.string(),
  /** Null when the worker could not look. */
  gpu: GpuReport.nullable(),
  findings: z.array(DoctorFinding),
});
export type DoctorReport = z.infer<typeof DoctorReport>;
