/** The product in Electron, without Electron's binary: the real entry, preload and worker over the stand-in and a real Chromium. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ensureBuilt } from '../../src-main/hosts/build.ts';
import { installedBrowser, openBrowser, startProgram } from '../e2e/workstation.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { POLLING } from './desktop.ts';
import { openStandIn, ROOT } from './open-stand-in.ts';
import { describeDesktop } from './scenarios.ts';
import { StandInEvent } from './stand-in/app.ts';

const browserPath = installedBrowser();
const skipped = browserPath ? '' : ' (skipped: no Chromium, Chrome or Edge is installed)';
let browser: Browser;

beforeAll(async () => {
  await ensureBuilt(ROOT, ['window', 'host'], () => undefined);
  if (browserPath) browser = await openBrowser(browserPath);
}, 300_000);
afterAll(() => browser?.close());

describeDesktop(`Electron, by its stand-in${skipped}`, !browserPath, (dataFolder) =>
  openStandIn(browser, dataFolder),
);

describe.skipIf(!browserPath)(`the window of Electron${skipped}`, () => {
  async function open() {
    const desktop = await openStandIn(browser, temporaryFolder(), { 'lesion.png': '/pictures/lesion.png' });
    onTestFinished(() => desktop.kill());
    const page = await desktop.page();
    await page.getByRole('heading', { level: 1 }).waitFor();
    return { ...desktop, page, window: desktop.electron.windows[0]! };
  }

  test('is shut in as the security checklist says', async () => {
    const { electron, window } = await open();
    expect(window.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
      spellcheck: false,
    });
    const { app, session, protocol } = electron;
    expect([app.isSandboxed, session.spellChecks, session.allowsDevices]).toEqual([true, false, false]);
    const permissions = ['notifications', 'geolocation', 'clipboard-read'] as const;
    expect(permissions.filter((name) => session.grants(name))).toEqual(['notifications']);
    const privileges = expect.objectContaining({ standard: true, secure: true });
    expect(protocol.schemes).toEqual([{ scheme: 'app', privileges }]);
    expect(protocol.schemes[0]!.privileges).not.toHaveProperty('bypassCSP');

    const webview = new StandInEvent();
    window.contents.emit('will-attach-webview', webview, {}, {});
    expect(webview.defaultPrevented).toBe(true);
    expect(window.contents.openedWindows).toEqual([]);
  });

  test('fetches its own files alone, tells where a dropped file lies and comes back for a second start', async () => {
    const { electron, page, window } = await open();
    const own = ['app://lesion-lab/assets/index.js', 'blob:app://lesion-lab/1', 'data:image/png,'];
    const foreign = [
      'https://example.org/',
      'http://127.0.0.1/',
      'file:///etc/passwd',
      'app://elsewhere/',
      'ws://127.0.0.1/',
    ];
    expect([...own, ...foreign].filter((url) => electron.session.isCancelled(url))).toEqual(foreign);

    const { headers } = await electron.protocol.answer(new Request('app://lesion-lab/'));
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|ws:/);
    expect((await electron.protocol.answer(new Request('app://elsewhere/'))).status).toBe(404);

    expect(await page.evaluate("lesionLab.pathOf(new File([], 'lesion.png'))")).toBe('/pictures/lesion.png');
    expect(await page.evaluate("lesionLab.pathOf(new File([], 'made-up.png'))")).toBe('');

    window.isMinimised = true;
    await openStandIn(browser, electron.app.commandLine.getSwitchValue('data-dir'));
    await expect.poll(() => window.isMinimised, POLLING).toBe(false);
    expect(electron.windows).toHaveLength(1);
  });

  test('offers to open again after it has crashed', async () => {
    const { electron, window, page } = await open();
    await page.evaluate("document.body.dataset.before = 'crash'");
    electron.dialog.responses.push(0);
    window.contents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
    await page.locator('body:not([data-before])').waitFor();
    expect(electron.dialog.messages[0]!.detail).toContain('What was saved is kept');
  });
});

describe.skipIf(!browserPath)(`a data folder that is open in another host${skipped}`, () => {
  test('is not opened in a browser beside Electron: one line says so', async () => {
    const dataFolder = temporaryFolder();
    const desktop = await openStandIn(browser, dataFolder);
    onTestFinished(() => desktop.kill());
    await desktop.page();
    const launcher = join(ROOT, 'src-main', 'hosts', 'launch.ts');
    const given = [launcher, '--web', '--no-open', '--data-dir', dataFolder];
    const { code, words } = await new Promise<{ code: unknown; words: string }>((resolve) =>
      execFile(process.execPath, given, (error, stdout, stderr) =>
        resolve({ code: error?.code, words: stdout + stderr }),
      ),
    );
    expect(code).toBe(1);
    expect(words).toMatch(/^Lesion Lab is open on .* already.*\n$/);
    expect(words).toContain(dataFolder);
  });

  test('is not opened in Electron beside a browser, which is asked for a window', async () => {
    const dataFolder = temporaryFolder();
    const program = await startProgram(dataFolder);
    onTestFinished(async () => void (await program.interrupt()));
    const second = await openStandIn(browser, dataFolder);
    expect(await second.exited()).toBe(0);
    expect(second.electron.windows).toHaveLength(0);
    const [told] = second.electron.dialog.messages;
    expect(told).toMatchObject({
      message: 'Lesion Lab is open already.',
      detail: expect.stringMatching(/window/),
    });
  });
});

describe.skipIf(!browserPath)(`a start that fails${skipped}`, () => {
  test('says why in a box, and ends with an error', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const inTheWay = await openStandIn(browser, join(folder, 'file'));
    expect(await inTheWay.exited()).toBe(1);
    expect(inTheWay.electron.dialog.errors[0]).toContain('a file is in the way');

    mkdirSync(join(folder, 'data'));
    writeFileSync(
      join(folder, 'data', 'lesion-lab.sqlite'),
      'no database, but longer than the header of one'.repeat(9),
    );
    const damaged = await openStandIn(browser, join(folder, 'data'));
    expect(await damaged.exited()).toBe(1);
    expect(damaged.electron.dialog.errors[0]).toContain('lesion-lab.sqlite');
    expect(damaged.electron.windows).toHaveLength(0);
  });
});
