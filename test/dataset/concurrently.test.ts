import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { forEachConcurrently, type ItemProgress } from '../../src-main/dataset/concurrently.ts';

const items = Array.from({ length: 40 }, (_, i) => i);

describe('forEachConcurrently', () => {
  test('does every item once, never more than the limit at a time', async () => {
    const done: number[] = [];
    let under = 0;
    let most = 0;
    await forEachConcurrently(
      items,
      async (item) => {
        most = Math.max(most, ++under);
        await sleep(item % 3);
        under--;
        done.push(item);
      },
      { limit: 3 },
    );
    expect(done.sort((a, b) => a - b)).toEqual(items);
    expect(most).toBe(3);
  });

  test('starts nothing after a failure and throws it', async () => {
    const started: number[] = [];
    const run = forEachConcurrently(
      items,
      async (item) => {
        started.push(item);
        await sleep(1);
        if (item === 5) throw new Error('item 5');
      },
      { limit: 2 },
    );
    await expect(run).rejects.toThrow('item 5');
    const count = started.length;
    await sleep(20);
    expect(started).toHaveLength(count);
    expect(count).toBeLessThan(10);
  });

  test('reports a time left that falls to 0, far less often than items are done', async () => {
    const seen: ItemProgress[] = [];
    const many = Array.from({ length: 5000 });
    await forEachConcurrently(many, async () => undefined, { onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeLessThan(500);
    expect(seen.at(-1)).toEqual({ done: 5000, total: 5000, remainingMs: 0 });
  });
});
