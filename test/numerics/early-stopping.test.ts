import { expect, test } from 'vitest';
import {
  advanceEarlyStopping,
  type EarlyStoppingState,
  initialEarlyStopping,
} from '../../src-main/numerics/early-stopping.ts';
import type { Monitor } from '../../src-main/numerics/monitor.ts';
import golden from '../golden/numerics/schedule.json' with { type: 'json' };

/** Runs until it stops; the state goes through JSON each time, as through a checkpoint. */
function run(monitor: Monitor, patience: number | null, metrics: readonly (number | null)[]) {
  let state: EarlyStoppingState = initialEarlyStopping({ monitor, patience });
  const bestEpochs: number[] = [];
  for (const [index, metric] of metrics.entries()) {
    const step = advanceEarlyStopping(JSON.parse(JSON.stringify(state)), { epoch: index + 1, metric });
    state = step.state;
    if (step.best) bestEpochs.push(index + 1);
    if (step.stop) return { bestEpoch: state.bestEpoch, stoppedAfterEpoch: index + 1, bestEpochs };
  }
  return { bestEpoch: state.bestEpoch, stoppedAfterEpoch: null, bestEpochs };
}

test.each(golden.stopping)('stops where Keras does ($mode, patience $patience)', (expected) => {
  const result = run(expected.mode === 'min' ? 'loss' : 'accuracy', expected.patience, expected.metrics);
  expect(result.bestEpoch).toBe(expected.bestEpoch);
  expect(result.stoppedAfterEpoch).toBe(expected.stoppedAfterEpoch);
});

test('without patience it never stops and still names the best', () => {
  expect(run('loss', null, [3, 1, 2, 2, 2])).toEqual({
    bestEpoch: 2,
    stoppedAfterEpoch: null,
    bestEpochs: [1, 2],
  });
});

test('epochs without a metric and NaN are never the best', () => {
  expect(run('accuracy', 2, [null, Number.NaN, 0.4, null, null, 0.4, 0.3])).toEqual({
    bestEpoch: 3,
    stoppedAfterEpoch: 7,
    bestEpochs: [3],
  });
});
