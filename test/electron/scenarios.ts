/** What the product must do in Electron, asked of the stand-in and, where there is one, of the real binary. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, describe, expect, test } from 'vitest';
import { drawnJpeg, writeFiles } from '../dataset/pictures.ts';
import { removeFolder } from '../store/temporary.ts';
import type { Desktop, OpenDesktop } from './desktop.ts';

const GO_ON = 0;
const STOP = 1;
const CANCEL = 2;

/** Calls a procedure as the page's own scripts do. It takes the page's link, so the page must be loaded again afterwards. */
export function askInPage<T>(page: Page, procedure: string, input: object): Promise<T> {
  const request = JSON.stringify(JSON.stringify({ type: 'request', id: 1, procedure, input }));
  return page.evaluate<T>(`new Promise((resolve, reject) => {
    const page = crypto.randomUUID();
    lesionLab.onPacket((packet) => {
      const answer = packet.page === page && packet.kind === 'message' ? JSON.parse(packet.text) : {};
      if (answer.type !== 'response') return;
      if (answer.ok) resolve(answer.output);
      else reject(new Error(answer.error.message));
    });
    lesionLab.send({ page, kind: 'open' });
    lesionLab.send({ page, kind: 'message', text: ${request} });
  })`);
}

/** One folder of drawn pictures for each of two classes. */
export async function drawDataset(root: string): Promise<string> {
  for (const [index, code] of ['nv', 'mel'].entries()) {
    const pictures = Array.from({ length: 12 }, (_, seed) => drawnJpeg(100 * index + seed, code));
    const files = (await Promise.all(pictures)).map(
      (picture, seed) => [`${code}/${code}-${seed}.jpg`, picture] as const,
    );
    writeFiles(root, Object.fromEntries(files));
  }
  return root;
}

/** Of the first dataset; it does not end by itself while a test looks. */
export function startLongRun(page: Page): Promise<{ id: number }> {
  const settings = { model: 'cnn1', epochs: 500, batchSize: 5, imageWidthPx: 24, imageHeightPx: 18 };
  return askInPage(page, 'run.start', { datasetId: 1, settings });
}

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly cache: string | null;
  readonly text: string;
}

function fetchInPage(page: Page, path: string, options = ''): Promise<Answer> {
  return page.evaluate<Answer>(`fetch(${JSON.stringify(path)}, {${options}}).then(async (reply) => ({
    status: reply.status,
    type: reply.headers.get('content-type'),
    cache: reply.headers.get('cache-control'),
    text: (await reply.text()).slice(0, 200),
  }))`);
}

export function describeDesktop(name: string, isSkipped: boolean, open: OpenDesktop): void {
  describe.skipIf(isSkipped)(name, { timeout: 180_000 }, () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'lesion-lab-electron-'));
    let desktop: Desktop;
    let page: Page;

    const start = async () => {
      desktop = await open(dataFolder);
      page = await desktop.page();
      await page.getByRole('heading', { level: 1 }).waitFor();
    };
    afterAll(async () => {
      await desktop?.kill();
      removeFolder(dataFolder);
    });

    test('opens its window, whose scripts have the bridge and nothing of Node', async () => {
      await start();
      expect(await page.evaluate('Object.keys(lesionLab).sort().join()')).toBe('onPacket,pathOf,send');
      expect(
        await page.evaluate('[typeof require, typeof process, typeof module, typeof Buffer].join()'),
      ).toBe('undefined,undefined,undefined,undefined');
    });

    test('keeps its window where it is, and lets it fetch nothing', async () => {
      const address = page.url();
      await page.evaluate("window.open('https://example.org/')");
      await page.evaluate(
        "document.body.append(Object.assign(document.createElement('a'), { href: 'https://example.org/', id: 'away' }))",
      );
      await page.evaluate("document.getElementById('away').click()");
      const outcome = "fetch('https://example.org/').then(() => 'fetched', (error) => error.name)";
      expect(await page.evaluate(outcome)).toBe('TypeError');
      expect(page.url()).toBe(address);
      expect(await desktop.openWindows()).toBe(1);
      expect(
        await page.evaluate(
          "navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state)",
        ),
      ).toBe('denied');
    });

    test('imports by its worker, and shows pictures by their names alone', async () => {
      const root = await drawDataset(join(dataFolder, 'images'));
      expect(await askInPage(page, 'dataset.import', { root })).toMatchObject({
        dataset: { id: 1, imageCount: 24 },
      });
      const [{ imageId }] = await askInPage<[{ imageId: string }]>(page, 'dataset.images', { id: 1 });
      for (const kind of ['image', 'thumbnail']) {
        const picture = await fetchInPage(page, `/pictures/${encodeURIComponent(`${kind}:1:${imageId}`)}`);
        expect(picture).toMatchObject({
          status: 200,
          type: expect.stringMatching(/^image\/(jpeg|webp)$/),
          cache: 'no-store',
        });
      }
      for (const path of [
        '/pictures/..%2f..%2flesion-lab.sqlite',
        '/pictures/image:1:..%2f..%2fx',
        '/package.json',
        '/pictures/%E0%A4%A',
      ]) {
        expect(await fetchInPage(page, path)).toMatchObject({ status: 404 });
      }
    });

    test("takes a patient's picture into memory, shows it and does not cache it, and refuses what is none", async () => {
      const send = (text: string) => fetchInPage(page, '/hold', `method: 'POST', body: new Blob([${text}])`);
      const held = await send('new Uint8Array([0xff, 0xd8, 0xff, ...Array(20)])');
      expect(held.status).toBe(201);
      const { asset } = JSON.parse(held.text);
      expect(await fetchInPage(page, `/pictures/${encodeURIComponent(asset)}`)).toMatchObject({
        status: 200,
        type: 'image/jpeg',
        cache: 'no-store',
      });
      const refused = await send("'<svg onload=alert(1)>'");
      expect(refused.status).toBe(400);
      expect(JSON.parse(refused.text)).toMatchObject({ code: 'bad-image' });
      expect((await fetchInPage(page, '/', "method: 'DELETE'")).status).toBe(405);
      const gone = await fetchInPage(page, '/pictures/case%3A2345-CFGH%3A1');
      expect(JSON.parse(gone.text)).toMatchObject({ code: 'not-found' });
    });

    test("chooses folders in the system's dialog, and lists none", async () => {
      await desktop.chooseNext('/data/images');
      expect(await askInPage(page, 'folder.choose', {})).toEqual({ path: '/data/images' });
      await expect(askInPage(page, 'folder.list', { path: null })).rejects.toThrow('lists no folders');
    });

    test('brings its window to the front at a second start, which ends', async () => {
      const second = await open(dataFolder);
      expect(await second.exited()).toBe(0);
      expect(await desktop.openWindows()).toBe(1);
      await page.reload();
      await page.getByRole('heading', { level: 1 }).waitFor();
    });

    test('asks before it closes while a run trains, and goes on without a window if told so', async () => {
      const run = await startLongRun(page);
      await desktop.answerNext(CANCEL);
      await desktop.closeWindow();
      await expect.poll(() => desktop.asked()).toEqual(['A run is training.']);
      expect(await desktop.openWindows()).toBe(1);
      await desktop.answerNext(GO_ON);
      await desktop.closeWindow();
      await expect.poll(() => desktop.openWindows()).toBe(0);

      await open(dataFolder);
      page = await desktop.page();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await askInPage(page, 'run.get', { id: run.id })).toMatchObject({ run: { status: 'running' } });
    });

    test('stops safely when asked to, and has everything at the next start', async () => {
      await desktop.answerNext(STOP);
      await desktop.closeWindow();
      expect(await desktop.exited()).toBe(0);
      await start();
      const { run } = await askInPage<{ run: { status: string } }>(page, 'run.get', { id: 1 });
      expect(run.status).toMatch(/interrupted|cancelled/);
      expect(await askInPage(page, 'dataset.list', {})).toHaveLength(1);
      await desktop.closeWindow();
      expect(await desktop.exited()).toBe(0);
    });
  });
}
