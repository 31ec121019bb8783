/** A training process that kills itself in the middle of an epoch. Run as: node train-until-killed.ts EPOCH OPTIONS. Test support. */
import { train } from '../../src-main/training/train.ts';
import { drawnSetup, type SetupOptions } from './drawn-images.ts';

const [epochText, options] = process.argv.slice(2) as [string, string];
await train(
  drawnSetup(JSON.parse(options) as SetupOptions),
  {
    epoch: () => undefined,
    warning: () => undefined,
    progress({ phase, epoch }) {
      if (phase === 'training' && epoch === Number(epochText)) process.kill(process.pid, 'SIGKILL');
    },
  },
  new AbortController().signal,
);
