/** When the product is built anew, in a checkout whose builder is a script. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureBuilt } from '../../src-main/hosts/build.ts';
import { temporaryFolder } from '../store/temporary.ts';

/** @param whileBuilding what the builder does in its first run, before it writes the window */
function openCheckout(whileBuilding: string): string {
  const root = temporaryFolder();
  const builder = join(root, 'node_modules', 'electron-vite', 'bin');
  for (const folder of [builder, join(root, 'src-renderer')]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, 'src-renderer', 'App.svelte'), 'as it was');
  writeFileSync(
    join(builder, 'electron-vite.js'),
    `const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require('node:fs');
     const isFirst = !existsSync('builds');
     appendFileSync('builds', 'x');
     if (isFirst) { ${whileBuilding} }
     mkdirSync('out/renderer', { recursive: true });
     writeFileSync('out/renderer/index.html', 'the window');`,
  );
  return root;
}

const ensure = (root: string) => ensureBuilt(root, ['window'], () => undefined);
const buildsIn = (root: string) => readFileSync(join(root, 'builds'), 'utf8').length;

test('what is built is kept until a source is newer', async () => {
  const root = openCheckout('');
  await ensure(root);
  expect(await ensure(root)).toBe(join(root, 'out'));
  expect(buildsIn(root)).toBe(1);
});

test('a source that is saved while a build runs is built the next time', async () => {
  const root = openCheckout("writeFileSync('src-renderer/App.svelte', 'changed');");
  await ensure(root);
  await ensure(root);
  expect(buildsIn(root)).toBe(2);
  await ensure(root);
  expect(buildsIn(root)).toBe(2);
});
