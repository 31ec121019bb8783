import { expect, test } from 'vitest';
import { findDataset } from '../../src-main/hosts/cli/references.ts';
import type { Session } from '../../src-main/hosts/cli/session.ts';

/** The newest first, as the application lists them. */
const DATASETS = [
  { id: 13, name: '2' },
  { id: 2, name: 'ham' },
];
const session = { client: { call: async () => DATASETS } } as unknown as Session;

test.each([
  ['2', 2],
  ['13', 13],
  ['ham', 2],
])('the dataset called %s is number %i: a number goes before a name like it', async (reference, id) => {
  expect((await findDataset(session, reference)).id).toBe(id);
});

test('a dataset that is none is refused with the nearest name', async () => {
  await expect(findDataset(session, 'hamm')).rejects.toThrow('did you mean "ham"?');
});
