/** Comparison with golden values that may be nested and may be null where a figure is undefined. */
import { expect } from 'vitest';

export type Nested = number | null | undefined | readonly Nested[];

/** Numbers agree within `digits` decimals, nulls agree with nulls, lists agree item by item. */
export function expectClose(actual: Nested, expected: Nested, digits = 10): void {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    expect(actual).toHaveLength(expected.length);
    expected.forEach((item: Nested, index) => {
      expectClose(actual[index] as Nested, item, digits);
    });
  } else if (typeof expected === 'number') {
    expect(actual).toBeTypeOf('number');
    expect(actual).toBeCloseTo(expected, digits);
  } else {
    expect(actual).toBe(expected);
  }
}
