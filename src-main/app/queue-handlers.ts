/** What windows ask of the run that trains and of those that wait. Runs in the host. */
import type { ApiContract } from '../contract/api.ts';
import type { QueueState, Steering } from '../contract/schema/queue.ts';
import type { Handlers } from '../rpc/server.ts';
import type { RunQueue } from './run-queue.ts';

type QueueProcedure =
  | 'run.pause'
  | 'run.continue'
  | 'run.stop-after-epoch'
  | 'queue.get'
  | 'queue.order'
  | 'queue.release';

export function queueHandlers(queue: RunQueue): Pick<Handlers<ApiContract>, QueueProcedure> {
  const steer = (id: number, change: Partial<Steering>): QueueState => {
    queue.steer(id, change);
    return queue.state();
  };
  return {
    'run.pause': ({ id }) => steer(id, { paused: true }),
    'run.continue': ({ id }) => steer(id, { paused: false, afterEpoch: 'go-on' }),
    'run.stop-after-epoch': ({ id, thenReport }) =>
      steer(id, { paused: false, afterEpoch: thenReport ? 'report' : 'stop' }),
    'queue.get': () => queue.state(),
    'queue.order': ({ ids }) => {
      queue.order(ids);
      return queue.state();
    },
    'queue.release': () => {
      queue.release();
      return queue.state();
    },
  };
}
