import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiContract } from '../../src-main/contract/api.ts';
import { connect } from '../../src-main/rpc/client.ts';
import { memoryLinkPair } from '../../src-main/rpc/memory-link.ts';
import { packOneRun } from '../app/packed-run.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openHost } from './open-host.ts';

test('a file of runs goes up and comes down as it was, to windows that are signed in alone', async () => {
  const elsewhere = temporaryFolder();
  const file = join(elsewhere, 'runs.zip');
  await packOneRun(elsewhere, file);
  const body = readFileSync(file);
  const { app, origin, ask, signIn } = await openHost();
  const [near, far] = memoryLinkPair();
  app.attach(far);
  const client = connect(near, apiContract);

  const upload = { path: '/upload-runs', method: 'POST', body };
  expect((await ask({ ...upload, headers: { origin } })).status).toBe(401);
  const cookie = await signIn();
  expect((await ask({ ...upload, headers: { cookie, origin: 'http://127.0.0.1:1' } })).status).toBe(403);
  const sent = await ask({ ...upload, headers: { cookie, origin } });
  expect(sent.status).toBe(201);
  const { asset: path } = JSON.parse(sent.text) as { asset: string };
  expect(await client.call('run.unpack', { path })).toMatchObject({ runs: [{ id: 1, name: 'cnn1' }] });
  await expect(client.call('run.unpack', { path })).rejects.toMatchObject({ code: 'not-found' });

  const { asset, bytes } = await client.call('run.pack', { ids: [1], path: null });
  const address = `/run-files/${encodeURIComponent(asset!)}`;
  expect((await ask({ path: address })).status).toBe(401);
  const got = await ask({ path: address, headers: { cookie } });
  expect(got).toMatchObject({
    status: 200,
    headers: {
      'content-length': String(bytes),
      'content-disposition': expect.stringMatching(
        /^attachment; filename="lesion-lab-runs-\d{4}-\d\d-\d\d\.zip"$/,
      ),
    },
  });
  expect((await ask({ path: '/run-files/..%2Flesion-lab.sqlite', headers: { cookie } })).status).toBe(404);
});
