/**
 * Draws the pictures that `make-pillow.py` resizes: invented lesions, so that nothing of a real data set is committed.
 * Run: node scripts/run.mjs scripts/golden/draw-pictures.ts, then python scripts/golden/make-pillow.py
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawView } from '../../src-main/dataset/synthetic/draw-view.ts';
import { createLesion } from '../../src-main/dataset/synthetic/lesion.ts';
import { LESION_STYLES } from '../../src-main/dataset/synthetic/lesion-styles.ts';
import { createRandom } from '../../src-main/numerics/random.ts';

const FOLDER = join(import.meta.dirname, '../../test/golden/preprocess');
/** With hairs and vessels: on smooth pictures every kernel would do. */
const PICTURES = [
  { file: 'bcc-200x150.jpg', code: 'bcc', seed: 0, widthPx: 200, heightPx: 150 },
  { file: 'bkl-450x338.jpg', code: 'bkl', seed: 3, widthPx: 450, heightPx: 338 },
  { file: 'bcc-90x70.png', code: 'bcc', seed: 2, widthPx: 90, heightPx: 70 },
];

mkdirSync(FOLDER, { recursive: true });
for (const { file, code, seed, widthPx, heightPx } of PICTURES) {
  const random = createRandom(seed);
  const pixels = drawView(createLesion(LESION_STYLES[code]!, random), { widthPx, heightPx }, random);
  const picture = sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } });
  writeFileSync(
    join(FOLDER, file),
    await (file.endsWith('.png') ? picture.png() : picture.jpeg()).toBuffer(),
  );
  console.log(`${file} drawn`);
}
