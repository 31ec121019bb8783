/** What the product's Node starts with from a checkout. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeEnvironment } from '../../scripts/setup/node-runtime.mjs';
import { makeFakeCheckout } from './fake-checkout.ts';

it('keeps what it compiled within the checkout, or where the environment says', () => {
  const { place } = makeFakeCheckout();
  const program = join(place.root, 'program.ts');
  mkdirSync(place.root, { recursive: true });
  writeFileSync(program, 'const words: string = "ready";\nconsole.log(words);\n');
  for (const own of [{}, { NODE_COMPILE_CACHE: join(place.root, 'elsewhere') }]) {
    const env = nodeEnvironment({ ...place, env: own });
    const { stdout } = spawnSync(process.execPath, [program], { env, encoding: 'utf8' });
    expect(stdout).toBe('ready\n');
  }
  for (const folder of [join('node_modules', '.cache', 'node'), 'elsewhere']) {
    expect(readdirSync(join(place.root, folder))).toHaveLength(1);
  }
});
