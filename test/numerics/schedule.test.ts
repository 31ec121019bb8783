import { describe, expect, test } from 'vitest';
import {
  advanceSchedule,
  initialSchedule,
  type ScheduleOptions,
  type ScheduleState,
} from '../../src-main/numerics/schedule.ts';
import golden from '../golden/numerics/schedule.json' with { type: 'json' };

const OPTIONS: ScheduleOptions = {
  schedule: 'plateau',
  learningRate: 1e-3,
  minimumLearningRate: 1e-5,
  epochs: 20,
  warmupEpochs: 0,
  plateauMonitor: 'balanced-accuracy',
  plateauPatience: 5,
  plateauFactor: 0.5,
};

/** Learning rates after each epoch; the state goes through JSON each time, as through a checkpoint. */
function rates(options: ScheduleOptions, metrics: readonly (number | null)[]): number[] {
  let state: ScheduleState = initialSchedule(options).state;
  return metrics.map((metric, index) => {
    const next = advanceSchedule(JSON.parse(JSON.stringify(state)), { epoch: index + 1, metric });
    state = next.state;
    return next.learningRate;
  });
}

describe('plateau', () => {
  test.each(golden.plateau)(
    'equals ReduceLROnPlateau ($mode, patience $patience, factor $factor, floor $floor)',
    (expected) => {
      const ours = rates(
        {
          ...OPTIONS,
          learningRate: expected.learningRate,
          minimumLearningRate: expected.floor,
          plateauMonitor: expected.mode === 'min' ? 'loss' : 'balanced-accuracy',
          plateauPatience: expected.patience,
          plateauFactor: expected.factor,
        },
        expected.metrics,
      );
      // Keras keeps its rate in 32 bits.
      ours.forEach((rate, epoch) => {
        expect(rate / expected.rates[epoch]!).toBeCloseTo(1, 5);
      });
    },
  );

  test('an epoch without a metric changes nothing, NaN is no gain', () => {
    const impatient = { ...OPTIONS, plateauPatience: 2 };
    expect(rates(impatient, [0.5, null, null, null])).toEqual([1e-3, 1e-3, 1e-3, 1e-3]);
    expect(rates(impatient, [0.5, Number.NaN, Number.NaN])).toEqual([1e-3, 1e-3, 5e-4]);
  });
});

describe('cosine', () => {
  const options = { ...OPTIONS, ...golden.cosine, schedule: 'cosine' as const };

  test("after the warm-up equals Keras's CosineDecay, epoch by epoch", () => {
    const all = [
      initialSchedule(options).learningRate,
      ...rates(options, Array(options.epochs - 1).fill(null)),
    ];
    golden.cosine.ratesAfterWarmup.forEach((rate, index) => {
      expect(all[options.warmupEpochs + index]! / rate).toBeCloseTo(1, 5);
    });
  });

  test('warms up in even steps that lead to the base rate', () => {
    const all = [initialSchedule(options).learningRate, ...rates(options, Array(4).fill(null))];
    all.forEach((rate, index) => {
      expect(rate).toBeCloseTo((1e-3 * (index + 1)) / 5, 12);
    });
  });

  test('ends at the floor and stays there', () => {
    const late = rates({ ...options, warmupEpochs: 0 }, Array(25).fill(null));
    expect(late[19]).toBeCloseTo(1e-5, 12);
    expect(late[24]).toBeCloseTo(1e-5, 12);
  });
});

test('constant stays', () => {
  expect(rates({ ...OPTIONS, schedule: 'constant' }, [0.1, 0.1, 0.1])).toEqual([1e-3, 1e-3, 1e-3]);
});
