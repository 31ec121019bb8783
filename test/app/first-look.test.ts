/** The model that comes with the product, as a stranger has it: it is there, says whose it is, and knows what it does not know. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BUNDLED_MODELS } from '../../src-main/app/paths.ts';
import {
  brickWall,
  face,
  faceCloseUp,
  landscape,
  noise,
  pencilDrawing,
  printedPage,
  SKIN_COLOURS,
  tintedNoise,
  wood,
} from '../preprocess/drawn-scenes.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openApp } from './open-app.ts';

const hasModel = readdirSync(BUNDLED_MODELS).some((name) => name.endsWith('.lesion-model'));
const skipped = hasModel ? '' : ' (skipped: this checkout is without the model)';

const SCENES: readonly (readonly [string, () => Promise<Buffer>])[] = [
  ['a landscape', landscape],
  ['a printed page', printedPage],
  ['a drawing', pencilDrawing],
  ['noise', () => noise(1)],
  ['coarse noise', () => noise(12)],
  ['noise in the colours of skin', tintedNoise],
  ['wood', wood],
  ['bricks', brickWall],
  ...Object.entries(SKIN_COLOURS).flatMap(([tone, skin]) => [
    [`a face, ${tone}`, () => face(skin)] as const,
    [`a face from near, ${tone}`, () => faceCloseUp(skin)] as const,
  ]),
];

describe.skipIf(!hasModel)(`the model for a first look${skipped}`, () => {
  test('is there at the first start, and says that it is for non-commercial use', async () => {
    const { client } = openApp(temporaryFolder(), { realWorker: true });
    const [summary] = await client.call('release.list', {});
    expect(summary).toMatchObject({
      name: 'ham10000-first-look',
      origin: 'bundled',
      isNonCommercial: true,
      isSynthetic: false,
      hasReferences: false,
    });
    const card = await client.call('release.card', { hash: summary!.hash, format: 'markdown' });
    expect(card).toContain('Skin type is not recorded in the data');
    expect(card).toContain('Healthy skin is not one of the classes');
    await expect(client.call('release.delete', { hash: summary!.hash })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('gives no diagnosis for a landscape, a face, a document, noise and the like', async () => {
    const { app, client } = openApp(temporaryFolder(), { realWorker: true });
    const [summary] = await client.call('release.list', {});
    const answered: string[] = [];
    for (const [name, draw] of SCENES) {
      const bytes = await draw();
      const picture = await app.assets.privately.hold(
        (async function* () {
          yield bytes;
        })(),
      );
      const { answer } = await client.call('classify.answer', { model: summary!.hash, picture });
      if (!answer.isWithheld || answer.warnings.length === 0 || answer.operating.length > 0)
        answered.push(name);
    }
    expect(answered).toEqual([]);
  });
});
