import { describe, expect, test } from 'vitest';
import { HISTORY_COLUMNS, shownColumns, withColumn } from '../../src-renderer/lib/history-columns.ts';
import {
  EVERYTHING,
  filterOf,
  isNarrowed,
  readHistoryQuery,
  writeHistoryQuery,
} from '../../src-renderer/lib/history-query.ts';
import { readPlace } from '../../src-renderer/lib/place.ts';
import { parseTags } from '../../src-renderer/lib/run-tags.ts';

const addressed = (query: Parameters<typeof writeHistoryQuery>[0]) => {
  const given = Object.entries(writeHistoryQuery(query)).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return new URLSearchParams(given);
};

describe('what the history shows', () => {
  test('comes back from the address as it was written there', () => {
    const query = {
      search: 'focal & more',
      status: 'failed',
      model: 'resnet50',
      datasetId: 3,
      splitMethod: 'k-fold',
      tag: 'a, "b"',
      starred: true,
      fromDay: '2025-03-01',
      toDay: '2025-03-31',
      sort: { by: 'learningRate', descending: false },
    } as const;
    expect(readHistoryQuery(addressed(query))).toEqual(query);
    expect(addressed(EVERYTHING).size).toBe(0);
    expect(readHistoryQuery(new URLSearchParams())).toEqual(EVERYTHING);
  });

  test('passes over what an address has that means nothing', () => {
    const odd = new URLSearchParams(
      'status=asleep&dataset=-1&split=x&from=yesterday&sort=shoes.descending&starred=1',
    );
    expect(readHistoryQuery(odd)).toEqual(EVERYTHING);
  });

  test('includes both days, by the clock of this machine', () => {
    const filter = filterOf({ ...EVERYTHING, fromDay: '2025-02-28', toDay: '2025-02-28' });
    expect(filter.createdFrom).toBe(new Date(2025, 1, 28).toISOString());
    expect(filter.createdBefore).toBe(new Date(2025, 2, 1).toISOString());
  });

  test('is narrowed by anything but the sort', () => {
    expect(isNarrowed({ ...EVERYTHING, sort: { by: 'name', descending: false } })).toBe(false);
    expect(isNarrowed({ ...EVERYTHING, search: ' ' })).toBe(false);
    expect(isNarrowed({ ...EVERYTHING, starred: true })).toBe(true);
  });
});

describe('columns', () => {
  const keys = (chosen: readonly string[] | null) => shownColumns(chosen).map(({ key }) => key);

  test('that were chosen are shown in their order, the name always, unknown ones never', () => {
    expect(keys(['seed', 'id', 'of another version'])).toEqual(['id', 'name', 'seed']);
    expect(new Set(HISTORY_COLUMNS.map(({ key }) => key)).size).toBe(HISTORY_COLUMNS.length);
  });

  test('are put and taken away one by one; the usual ones are remembered as such', () => {
    const withSeed = withColumn(null, 'seed', true);
    expect(keys(withSeed)).toEqual(
      HISTORY_COLUMNS.map(({ key }) => key).filter((key) => key === 'seed' || keys(null).includes(key)),
    );
    expect(withColumn(withSeed, 'seed', false)).toBeNull();
    expect(keys(withColumn(null, 'status', false))).not.toContain('status');
  });
});

test('runs to compare stand in the address, each once', () => {
  expect(readPlace('#/compare/3,1,3?part=test')).toEqual({ screen: 'compare', ids: [3, 1] });
  expect(readPlace('#/compare/1,x')).toEqual({ screen: 'datasets' });
});

test('tags are typed with commas between', () => {
  expect(parseTags(' paper,  seed   study,, paper ')).toEqual(['paper', 'seed study']);
});
