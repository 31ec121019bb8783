/** Weights of one's own stand before the bundled ones until they are taken away. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WeightListing } from '../../src-main/contract/schema/catalogue.ts';
import { BUNDLED_MOBILENET, leaveImportedWeights } from '../support/imported-weights.ts';
import { type Lab, openLab } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.remove());

const mobileNet = ({ weights }: { weights: WeightListing[] }) =>
  weights.find(({ backbone }) => backbone === 'mobilenet_v1');

test('imported weights are removed after a yes, and the bundled ones serve again', async () => {
  const imported = leaveImportedWeights(lab.dataFolder, 'dermoscopy.h5');
  expect(mobileNet(await lab.json('weights', 'list'))).toMatchObject({ importedFrom: 'dermoscopy.h5' });

  const unasked = await lab.run('weights', 'remove', 'mobilenet_v1');
  expect(unasked).toMatchObject({ status: 1, stderr: expect.stringContaining('add --yes to agree') });
  expect(existsSync(imported)).toBe(true);

  const left = await lab.json<{ weights: WeightListing[] }>('weights', 'remove', 'mobilenet_v1', '--yes');
  expect(mobileNet(left)).toMatchObject({ importedFrom: null, folder: BUNDLED_MOBILENET });
  expect(existsSync(imported)).toBe(false);

  writeFileSync(join(leaveImportedWeights(lab.dataFolder, 'dermoscopy.h5'), 'index.json'), 'cut off');
  expect(await lab.run('weights', 'list')).toMatchObject({ status: 1 });
  const mended = await lab.json<{ weights: WeightListing[] }>('weights', 'remove', 'mobilenet_v1', '--yes');
  expect(mobileNet(mended)).toMatchObject({ importedFrom: null });

  const again = await lab.run('weights', 'remove', 'mobilenet_v1', '--yes');
  expect(again).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('No weights of "mobilenet_v1" were imported. Imported: none.'),
  });
  expect(existsSync(BUNDLED_MOBILENET)).toBe(true);
});
