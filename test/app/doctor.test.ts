/** What the host adds to a worker's report on the machine. */
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { findElectron } from '../../src-main/app/electron-binary.ts';
import { PACKAGED } from '../../src-main/contract/remedies.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openApp } from './open-app.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

afterEach(() => vi.unstubAllEnvs());

async function findings() {
  const folder = temporaryFolder();
  const report = await openApp(folder).client.call('doctor.run', {});
  return { folder, findings: report.findings };
}

test('in a checkout: whether it has a desktop window, and how to get one', async () => {
  const { folder, findings: found } = await findings();
  expect(found.map(({ title }) => title)).toEqual(['Desktop window', 'Data folder']);
  expect(found[0]).toMatchObject(
    findElectron(ROOT)
      ? { severity: 'ok', remedy: null }
      : { severity: 'advice', remedy: expect.stringContaining('npm run setup -- --electron') },
  );
  expect(found[1]!.detail).toContain(folder);
});

test('nothing of that in the packaged product, which is its own window', async () => {
  vi.stubEnv(PACKAGED, 'yes');
  const { findings: found } = await findings();
  expect(found.map(({ title }) => title)).toEqual(['Data folder']);
});
