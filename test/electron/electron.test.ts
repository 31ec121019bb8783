/** The product in Electron, without Electron's binary: the real entry, preload and worker over the stand-in and a real Chromium. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ensureBuilt } from '../../src-main/hosts/build.ts';
import { installedBrowser, openBrowser, startProgram } from '../e2e/workstation.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { keepCases } from '../support/kept-cases.ts';
import { pdfPages } from '../support/pdf-pages.ts';
import { openStandIn, ROOT } from './open-stand-in.ts';
import { askInPage, describeDesktop, drawDataset, startLongRun } from './scenarios.ts';
import { StandInEvent } from './stand-in/app.ts';

const LEAVE = 1;
const STOP = 1;
const CLOSE = 1;

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
    expect(app.appended.get('host-resolver-rules')).toContain('MAP * ~NOTFOUND');
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
    await expect.poll(() => window.isMinimised).toBe(false);
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

describe.skipIf(!browserPath)(`a case that was changed${skipped}`, () => {
  /** @param prepare what is there before the notes are changed */
  async function open(prepare: (page: Page, dataFolder: string) => Promise<unknown> = async () => undefined) {
    const dataFolder = temporaryFolder();
    const [id] = await keepCases(dataFolder);
    const desktop = await openStandIn(browser, dataFolder);
    onTestFinished(() => desktop.kill());
    const page = await desktop.page();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await prepare(page, dataFolder);
    await page.evaluate(`location.hash = '#/cases/${id}'`);
    await page.reload();
    const notes = page.getByLabel('Notes');
    await notes.fill('seen again in spring');
    await page.getByText('Not saved yet').waitFor();
    return { dataFolder, desktop, page, notes };
  }

  async function train(page: Page, dataFolder: string) {
    const root = await drawDataset(join(dataFolder, 'images'));
    await askInPage(page, 'dataset.import', { root });
    await startLongRun(page);
  }

  test('holds its window until the person says that it may be lost', async () => {
    const { desktop, notes } = await open();
    await desktop.closeWindow();
    await expect.poll(() => desktop.asked()).toEqual(['Leave without saving?']);
    expect(await desktop.openWindows()).toBe(1);
    expect(await notes.inputValue()).toBe('seen again in spring');

    desktop.electron.app.quit();
    await expect.poll(() => desktop.asked()).toHaveLength(2);
    expect(await desktop.openWindows()).toBe(1);
    await desktop.answerNext(LEAVE);
    await desktop.closeWindow();
    expect(await desktop.exited()).toBe(0);
    expect(await desktop.asked()).toHaveLength(3);
  });

  test('holds its window beside a run: each closing asks once, and a stop is taken back by staying', async () => {
    const { dataFolder, desktop } = await open(train);
    await desktop.closeWindow();
    await desktop.closeWindow();
    await expect.poll(() => desktop.asked()).toEqual(['A run is training.']);

    await desktop.answerNext(STOP);
    await desktop.closeWindow();
    const asked = ['A run is training.', 'A run is training.', 'Leave without saving?'];
    await expect.poll(() => desktop.asked()).toEqual(asked);
    await desktop.answerNext(CLOSE);
    desktop.electron.windows[0]!.contents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
    await expect.poll(() => desktop.openWindows()).toBe(0);

    await openStandIn(browser, dataFolder);
    const page = await desktop.page();
    await page.getByRole('heading', { level: 1 }).waitFor();
    const epochsDone = async () => {
      const { run } = await askInPage<{ run: { epochsDone: number } }>(page, 'run.get', { id: 1 });
      return run.epochsDone;
    };
    const before = await epochsDone();
    await expect.poll(epochsDone).toBeGreaterThan(before + 1);
  });

  test('lets its window close without a question once it is saved', async () => {
    const { desktop, page } = await open();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('All saved').waitFor();
    await desktop.closeWindow();
    expect(await desktop.exited()).toBe(0);
    expect(await desktop.asked()).toEqual([]);
  });
});

describe.skipIf(!browserPath)(`a report on a case${skipped}`, () => {
  test('becomes a PDF of one page in a window that nobody sees, runs no script and leaves no file', async () => {
    const dataFolder = temporaryFolder();
    const [id] = await keepCases(dataFolder);
    const desktop = await openStandIn(browser, dataFolder);
    onTestFinished(() => desktop.kill());
    const page = await desktop.page();
    await page.getByRole('heading', { level: 1 }).waitFor();
    const report = await askInPage<object>(page, 'case.report', { id, imageId: 1 });
    const before = readdirSync(dataFolder, { recursive: true }).length;
    const { name, content } = await askInPage<{ name: string; content: string }>(page, 'report.pdf', {
      ...report,
      paper: 'letter',
    });
    expect(name).toBe(`lesion-lab-report-${id}-2026-01-12.pdf`);
    expect(pdfPages(Buffer.from(content, 'base64'))).toBe(1);
    const { windows, protocol } = desktop.electron;
    expect(windows).toHaveLength(2);
    expect(windows[1]!.isShown).toBe(false);
    expect(windows[1]!.isDestroyed()).toBe(true);
    expect(windows[1]!.options.webPreferences).toMatchObject({ sandbox: true, javascript: false });
    expect(windows[1]!.options.webPreferences).not.toHaveProperty('preload');
    expect(readdirSync(dataFolder, { recursive: true }).length).toBe(before);

    const { asset } = report as { asset: string };
    const address = `app://lesion-lab/reports/${encodeURIComponent(asset)}`;
    const answered = await protocol.answer(new Request(address));
    expect(answered.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
    expect(answered.headers.get('cache-control')).toBe('no-store');
    expect((await protocol.answer(new Request(`${address}0`))).status).toBe(404);
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

  test('refuses a data folder without a name', async () => {
    vi.stubEnv('LESION_LAB_DATA_DIR', temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const desktop = await openStandIn(browser, '');
    onTestFinished(() => desktop.kill());
    expect(desktop.electron.dialog.errors).toEqual([expect.stringContaining('--data-dir needs a folder')]);
    expect(await desktop.exited()).toBe(1);
  });
});
