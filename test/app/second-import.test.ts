/** A folder that is imported again after it was changed, with the product's own worker. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ham, THREE_ROWS } from '../dataset/folders.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openApp } from './open-app.ts';

const TABLE = 'HAM10000_metadata.csv';

test('files that were moved within it are found where they are now', async () => {
  const app = openApp(temporaryFolder(), { realWorker: true });
  const root = await ham(THREE_ROWS);
  const { dataset } = await app.client.call('dataset.import', { root });
  renameSync(join(root, 'HAM10000_images_part_1'), join(root, 'first part'));
  expect(await app.client.call('dataset.import', { root })).toEqual({ dataset, created: false });
  const images = await app.client.call('dataset.images', { id: dataset.id });
  expect(images.map(({ path }) => path)).toEqual([
    'first part/ISIC_1.jpg',
    'first part/ISIC_2.jpg',
    'HAM10000_images_part_2/ISIC_3.jpg',
  ]);
});

test.each([
  ['a cell that was corrected', (table: string) => table.replace('80.0,male', '79.0,male'), { ageYears: 79 }],
  ['a column that was renamed', (table: string) => table.replace('localization', 'place'), { site: null }],
])('%s makes a dataset of its own, and the earlier one stays', async (_, change, expected) => {
  const app = openApp(temporaryFolder(), { realWorker: true });
  const root = await ham(THREE_ROWS);
  const first = await app.client.call('dataset.import', { root });
  const before = await app.client.call('dataset.images', { id: first.dataset.id });
  const file = join(root, TABLE);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  const second = await app.client.call('dataset.import', { root });
  expect(second.created).toBe(true);
  const images = await app.client.call('dataset.images', { id: second.dataset.id });
  expect(images[0]).toMatchObject(expected);
  expect(await app.client.call('dataset.images', { id: first.dataset.id })).toEqual(before);
  expect(await app.client.call('dataset.import', { root })).toEqual({
    dataset: second.dataset,
    created: false,
  });
});
