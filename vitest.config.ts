/** Tests run in Node, in processes of their own: native TensorFlow cannot be shared between threads. */
import os from 'node:os';
import { defineConfig } from 'vitest/config';
import { CARD_ENVIRONMENT } from './src-main/app/worker-environment.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // many tests wait for a browser or a process: two files at once even on two cores
    maxWorkers: Math.max(2, os.availableParallelism() - 1),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // what is awaited comes at once, except on a machine that is busy with other things
    expect: { poll: { timeout: 60_000 } },
    env: { TF_CPP_MIN_LOG_LEVEL: '2', ...CARD_ENVIRONMENT },
  },
});
