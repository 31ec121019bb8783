/** The window's source behind the browser host, for developers. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { developedWindow } from '../../src-main/hosts/web/dev-window.ts';
import { openHost } from './open-host.ts';

const ROOT = join(import.meta.dirname, '..', '..');

test("a developer's window shows its source to those who are signed in, and nothing outside it", {
  timeout: 300_000,
}, async () => {
  const window = await developedWindow(ROOT);
  const { ask, signIn } = await openHost('train', window);
  expect((await ask({ path: '/main.ts' })).status).toBe(401);
  const cookie = await signIn();
  const page = await ask({ headers: { cookie } });
  expect(page).toMatchObject({ status: 200, text: expect.stringContaining('/@vite/client') });
  const policy = page.headers['content-security-policy']!;
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain(window.connections[0]);
  expect(await ask({ path: '/main.ts', headers: { cookie } })).toMatchObject({
    status: 200,
    text: expect.stringContaining('mount(App'),
  });
  expect((await ask({ path: '/@fs/etc/passwd', headers: { cookie } })).status).toBe(403);
  expect((await ask({ path: '/pictures/none', headers: { cookie } })).status).toBe(404);
  expect((await ask({ path: '/', headers: { cookie, host: 'evil.example' } })).status).toBe(403);
});
