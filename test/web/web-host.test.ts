import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { networkInterfaces } from 'node:os';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { LARGEST_UPLOAD_BYTES } from '../../src-main/app/upload-limit.ts';
import { apiContract } from '../../src-main/contract/api.ts';
import { connect } from '../../src-main/rpc/client.ts';
import { webSocketLink } from '../../src-main/rpc/web-socket-link.ts';
import { type OpenedHost, openHost } from './open-host.ts';

const png = () =>
  sharp({ create: { width: 4, height: 3, channels: 3, background: '#a07060' } })
    .png()
    .toBuffer();

function openSocket(port: number, path: string, headers: Record<string, string>): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  onTestFinished(() => socket.terminate());
  return socket;
}

/** The status with which a WebSocket is refused. */
async function refusedWith(socket: WebSocket): Promise<number> {
  const [, response] = await Promise.race([
    once(socket, 'unexpected-response'),
    once(socket, 'open').then(() => {
      throw new Error('The socket was opened.');
    }),
  ]);
  return response.statusCode;
}

describe('a window that is opened as it should be', () => {
  test('trades the code for a cookie that scripts and other sites cannot use, and lands on a clean address', async () => {
    const { host, ask } = await openHost();
    const { search } = new URL(host.newAddress());
    const reply = await ask({ path: `/${search}` });
    expect(reply).toMatchObject({
      status: 303,
      headers: { location: '/', 'referrer-policy': 'no-referrer' },
    });
    expect(reply.headers['set-cookie']).toEqual([
      expect.stringMatching(/^lesion-lab-\w+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/),
    ]);
  });

  test('gets the page and its files, from nowhere else', async () => {
    const { ask, signIn, host } = await openHost();
    const cookie = await signIn();
    const page = await ask({ headers: { cookie } });
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('Lesion Lab') });
    const policy = page.headers['content-security-policy']!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${host.port}`);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    const script = await ask({ path: '/assets/index-1a2b.js', headers: { cookie } });
    expect(script).toMatchObject({ status: 200, headers: { 'x-content-type-options': 'nosniff' } });
    expect(script.headers['content-type']).toMatch('text/javascript');
  });

  test('talks to the application, also through a tunnel that changes the port', async () => {
    const { host, signIn } = await openHost();
    const cookie = await signIn();
    for (const name of ['127.0.0.1:9', 'localhost:4711', 'localhost']) {
      const socket = openSocket(host.port, '/api', { cookie, host: name, origin: `http://${name}` });
      await once(socket, 'open');
      const client = connect(webSocketLink(socket), apiContract);
      expect(await client.call('app.info', {})).toMatchObject({ version: '0.1.0' });
    }
  });
});

test("a patient's picture is held and shown without a file, and not cached", async () => {
  const { ask, signIn, origin, dataFolder, app } = await openHost();
  const cookie = await signIn();
  const files = readdirSync(dataFolder, { recursive: true });
  const body = await png();
  const hold = { path: '/hold', method: 'POST', body };
  expect((await ask({ ...hold, headers: { origin } })).status).toBe(401);
  expect((await ask({ ...hold, headers: { cookie } })).status).toBe(403);
  for (const text of ['no picture at all', 'no picture, and longer than any signature '.repeat(9)]) {
    const refused = await ask({ ...hold, headers: { cookie, origin }, body: Buffer.from(text) });
    expect(JSON.parse(refused.text)).toMatchObject({
      code: 'bad-image',
      message: expect.stringMatching(/DICOM/),
    });
  }
  const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.alloc(9)]);
  expect((await ask({ ...hold, headers: { cookie, origin }, body: dicom })).status).toBe(201);
  const held = await ask({ ...hold, headers: { cookie, origin } });
  expect(held.status).toBe(201);
  const { asset } = JSON.parse(held.text);
  const address = `/pictures/${encodeURIComponent(asset)}`;
  const down = await ask({ path: address, headers: { cookie } });
  expect(down).toMatchObject({
    status: 200,
    headers: { 'content-type': 'image/png', 'cache-control': 'no-store', 'content-length': `${body.length}` },
  });
  expect((await ask({ path: address, headers: {} })).status).toBe(401);
  expect(readdirSync(dataFolder, { recursive: true })).toEqual(files);
  app.assets.privately.clear();
  expect((await ask({ path: address, headers: { cookie } })).status).toBe(404);
  expect((await ask({ path: '/pictures/case%3A2345-CFGH%3A1', headers: { cookie } })).status).toBe(404);
});

describe('is refused:', () => {
  test('a code that was spent, and one that was made up', async () => {
    const { host, ask } = await openHost();
    const { search } = new URL(host.newAddress());
    await ask({ path: `/${search}` });
    for (const path of [`/${search}`, '/?code=guess', '/?code=']) {
      const reply = await ask({ path });
      expect(reply).toMatchObject({ status: 401, text: expect.stringContaining('npm start') });
      expect(reply.headers['set-cookie']).toBeUndefined();
    }
  });

  test.each(['/', '/index.html', '/assets/index-1a2b.js', '/pictures/image:1:a', '/nothing'])(
    '%s without a cookie, and with a wrong one',
    async (path) => {
      const { ask, signIn } = await openHost();
      const [name] = (await signIn()).split('=');
      expect((await ask({ path })).status).toBe(401);
      expect((await ask({ path, headers: { cookie: `${name}=guess` } })).status).toBe(401);
    },
  );

  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '[::1]:80', '10.0.0.1'])(
    'the host name "%s"',
    async (host) => {
      const { host: web, ask, signIn } = await openHost();
      const cookie = await signIn();
      expect((await ask({ headers: { cookie, host } })).status).toBe(403);
      const { search } = new URL(web.newAddress());
      expect((await ask({ path: `/${search}`, headers: { host } })).status).toBe(403);
      const socket = openSocket(web.port, '/api', { cookie, host, origin: `http://${host}` });
      expect(await refusedWith(socket)).toBe(403);
    },
  );

  test.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1', 'http://localhost'])(
    'the origin "%s"',
    async (origin) => {
      const { host, ask, signIn } = await openHost();
      const cookie = await signIn();
      expect((await ask({ headers: { cookie, origin } })).status).toBe(403);
      const hold = { path: '/hold', method: 'POST', headers: { cookie, origin }, body: await png() };
      expect((await ask(hold)).status).toBe(403);
      expect(await refusedWith(openSocket(host.port, '/api', { cookie, origin }))).toBe(403);
    },
  );

  test('a socket without an origin, which every page has', async () => {
    const { host, signIn } = await openHost();
    const cookie = await signIn();
    expect(await refusedWith(openSocket(host.port, '/api', { cookie }))).toBe(403);
  });

  test('a socket without a cookie', async () => {
    const { host, origin } = await openHost();
    expect(await refusedWith(openSocket(host.port, '/api', { origin }))).toBe(401);
  });

  test('a socket of another name', async () => {
    const { host, signIn, origin } = await openHost();
    const cookie = await signIn();
    expect(await refusedWith(openSocket(host.port, '/other', { cookie, origin }))).toBe(403);
  });

  test.each(['PUT', 'DELETE', 'OPTIONS', 'POST'])('%s, which nothing answers', async (method) => {
    const { ask, signIn, origin } = await openHost();
    const cookie = await signIn();
    expect((await ask({ method, headers: { cookie, origin } })).status).toBe(405);
  });

  test.each([
    '/../../etc/passwd',
    '/assets/../../package.json',
    '/%2e%2e/package.json',
    '/assets',
    '/notes.txt',
    '/pictures/..%2f..%2fetc%2fpasswd',
    '/pictures/made:..%2flesion-lab.sqlite',
    '/pictures/image:1:%2fetc%2fpasswd',
    '/pictures/%E0%A4%A',
    '//evil.example',
  ])('%s, which is on no list', async (path) => {
    const { ask, signIn } = await openHost();
    const cookie = await signIn();
    expect((await ask({ path, headers: { cookie } })).status).toBe(404);
  });

  test('a file that is no picture, whatever it is said to be', async () => {
    const { ask, signIn, origin } = await openHost();
    const cookie = await signIn();
    for (const text of ['', 'GIF', '<svg onload="alert(1)">'.repeat(10_000)]) {
      const reply = await ask({
        path: '/hold',
        method: 'POST',
        headers: { cookie, origin, 'content-type': 'image/png' },
        body: Buffer.from(text),
      });
      expect(reply.status).toBe(400);
      expect(JSON.parse(reply.text)).toMatchObject({ code: 'bad-image' });
    }
  });

  test('a picture that is too large, said so or not', async () => {
    const { ask, signIn, origin } = await openHost();
    const cookie = await signIn();
    const body = Buffer.concat([await png(), Buffer.alloc(LARGEST_UPLOAD_BYTES)]);
    for (const size of [{ 'content-length': String(body.length) }, { 'transfer-encoding': 'chunked' }]) {
      const headers = { cookie, origin, ...(size as Record<string, string>) };
      const reply = await ask({ path: '/hold', method: 'POST', headers, body });
      expect(reply).toMatchObject({ status: 400, text: expect.stringContaining('128 MiB') });
    }
  });
});

describe('the host', () => {
  test('cannot be reached by an address of this machine that others can reach', async () => {
    const { host } = await openHost();
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => address);
    for (const address of [...outside, '127.0.0.2', '::1']) {
      const attempt = connectSocket({ host: address, port: host.port });
      await expect(once(attempt, 'connect')).rejects.toThrow();
    }
  });

  test('opens a window for a second start that shows the key, and for nobody else', async () => {
    const { host, ask, signIn, origin }: OpenedHost = await openHost();
    const cookie = await signIn();
    const path = '/second-start';
    const asked = { path, method: 'POST', headers: { authorization: `Bearer ${host.controlKey}` } };
    expect(await ask(asked)).toMatchObject({ status: 200, text: 'a window was opened' });
    expect((await ask({ path, method: 'POST', headers: { authorization: 'Bearer guess' } })).status).toBe(
      401,
    );
    expect((await ask({ path, method: 'POST' })).status).toBe(401);
    expect((await ask({ path, method: 'POST', headers: { cookie, origin } })).status).toBe(405);
    expect(
      (await ask({ ...asked, headers: { ...asked.headers, origin: 'http://evil.example' } })).status,
    ).toBe(403);
  });
});
