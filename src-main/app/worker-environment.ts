/** The variables that TensorFlow reads once when a worker starts. Used by the host. */
import os from 'node:os';
import type { TrainingConfig } from '../contract/schema/config.ts';

export type ComputeSettings = Pick<TrainingConfig, 'device' | 'intraOpThreads' | 'interOpThreads' | 'oneDnn'>;

/** For a job that is no training: all cores, any device. */
export const JOB_COMPUTE: ComputeSettings = {
  device: 'auto',
  intraOpThreads: os.availableParallelism(),
  interOpThreads: 1,
  oneDnn: true,
};

/** How a card computes, in workers and in the tests of what they do. */
export const CARD_ENVIRONMENT = {
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  NVIDIA_TF32_OVERRIDE: '0',
  TF_DETERMINISTIC_OPS: '1',
};

/**
 * Thread counts and oneDNN decide the last bits of a result, so a run always gets those of its config. On a card float32 is computed as
 * float32 (TensorFlow would round products to 10 bits, TF32, so that a model answered otherwise than on the processor), and by algorithms
 * that repeat bit for bit. A card's memory is taken as it is needed, not all at the start, so that a picture can be classified beside
 * a training.
 */
export function workerEnvironment(compute: ComputeSettings): Record<string, string> {
  return {
    // warnings too: a lack of memory is one, and the last that is heard when a kernel does not survive it
    TF_CPP_MIN_LOG_LEVEL: '1',
    TF_NUM_INTRAOP_THREADS: String(compute.intraOpThreads),
    TF_NUM_INTEROP_THREADS: String(compute.interOpThreads),
    TF_ENABLE_ONEDNN_OPTS: compute.oneDnn ? '1' : '0',
    ...(compute.device === 'cpu' ? { CUDA_VISIBLE_DEVICES: '-1' } : CARD_ENVIRONMENT),
  };
}
