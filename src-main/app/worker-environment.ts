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

/**
 * Thread counts and oneDNN decide the last bits of a result, so a run always gets those of its config. A card's memory is taken as it is
 * needed, not all at the start, so that a picture can be classified beside a training.
 */
export function workerEnvironment(compute: ComputeSettings): Record<string, string> {
  return {
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_NUM_INTRAOP_THREADS: String(compute.intraOpThreads),
    TF_NUM_INTEROP_THREADS: String(compute.interOpThreads),
    TF_ENABLE_ONEDNN_OPTS: compute.oneDnn ? '1' : '0',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    ...(compute.device === 'cpu' ? { CUDA_VISIBLE_DEVICES: '-1' } : {}),
  };
}
