/**
 * An experiment from its form to its end with nothing replaced: errors at the field, previews, a run that is paused, stopped after its
 * epoch and resumed, a queue, a worker and a host that are killed in the middle.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src-main/store/open.ts';
import { getRun } from '../../src-main/store/runs.ts';
import { describeInBrowser } from './stage.ts';

const canKill = process.platform !== 'win32';
const STEP_MS = 300_000;
/** More than the test waits for. */
const MANY_EPOCHS = 2000;
/** In place of the system's part: notes its messages, allowed once asked for, to a person who looks elsewhere. */
const NOTE_MESSAGES = `
  messages = [];
  window.Notification = class {
    static permission = 'default';
    static async requestPermission() { return (this.permission = 'granted'); }
    constructor(title, options) { messages.push(Object.assign(this, { title, ...options })); }
    close() {}
  };
  document.hasFocus = () => false;`;
const SMALL = 'imageWidthPx=32&imageHeightPx=24&batchSize=32';

describeInBrowser('an experiment', STEP_MS, (stage) => {
  const { scratch: dataFolder, complaints } = stage;
  let page: Page;

  const head = () => page.locator('[data-status]');
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const go = (place: string) => page.evaluate(`location.hash = '#/${place}'`);
  const points = async () =>
    Number(await page.locator('canvas[data-points]').first().getAttribute('data-points'));
  const status = (name: string) => page.locator(`[data-status=${name}]`).waitFor();

  async function openWindow(): Promise<void> {
    page = await stage.open(dataFolder);
    page.setDefaultTimeout(120_000);
  }

  /** The page's policy lets nobody wait inside it. */
  const atLeast = (epochs: number) =>
    expect.poll(points, { timeout: 120_000 }).toBeGreaterThanOrEqual(epochs);

  async function start(settings: string): Promise<void> {
    await go(`new?model=cnn1&${SMALL}&${settings}`);
    await page.getByRole('button', { name: /^(Start training|Add to the queue)$/ }).click();
    await page.waitForURL(/#\/train\/\d+/);
    await head().waitFor();
  }

  beforeAll(async () => {
    await openWindow();
    await button('Try it with the demo images').first().click();
    await page
      .getByRole('link', { name: /^Train on/ })
      .first()
      .waitFor();
  }, STEP_MS);

  test('is told what is wrong at its field, and remembered over a reload', async () => {
    await go('new');
    await page.locator('select[name=model]').selectOption('cnn1');
    const epochs = page.locator('input[name=epochs]');
    await epochs.fill('0');
    await page.locator('[data-key=epochs]').getByText('Must be more than 0.').waitFor();
    expect(await button('Start training').isDisabled()).toBe(true);
    await epochs.fill('7');
    await page.locator('summary', { hasText: 'Split' }).click();
    await page.locator('input[name=testFraction]').fill('0.5');
    await page.locator('[data-key=testFraction]').getByText('they sum to 1.3').waitFor();
    await page.getByRole('button', { name: 'Test part: back to the preset' }).click();
    await button('Start training').and(page.locator(':enabled')).waitFor();
    await page.locator('select[name=optimiser]').selectOption('sgd');
    await page.locator('input[name=momentum]').waitFor();
    await page.reload();
    await button('Start training').and(page.locator(':enabled')).waitFor();
    expect(await epochs.inputValue()).toBe('7');
    expect(await page.locator('select[name=model]').inputValue()).toBe('cnn1');
    expect(await page.locator('select[name=optimiser]').inputValue()).toBe('sgd');
  });

  test('shows its learning rates, its split, its augmented images and how fast it would be', async () => {
    await go(`new?model=nn1&${SMALL}&epochs=12&schedule=cosine`);
    await page.locator('canvas[data-points="12"]').waitFor();
    const parts = page.getByRole('table', { name: 'Images of each part of the split' });
    await parts.waitFor();
    expect(await parts.getByRole('rowheader').allTextContents()).toEqual([
      'train',
      'validation',
      'calibration',
      'test',
    ]);
    await button('Show').click();
    const drawn = page.getByRole('table', { name: /augmented versions/ });
    await drawn.waitFor();
    const widths = `[...document.querySelectorAll('img[alt*=version]')].map((image) => image.naturalWidth)`;
    await expect.poll(() => page.evaluate(widths), { timeout: 30_000 }).toEqual(new Array(15).fill(32));
    await button('Measure').click();
    await page.getByText('Estimated from a few steps').waitFor();
    await page.getByText('All 12 epochs').waitFor();
  });

  test('pauses where it is, over a reload too, goes on, and stops once its epoch is over', async () => {
    await start(`epochs=${MANY_EPOCHS}`);
    await atLeast(2);
    await button('Pause').click();
    await head()
      .getByText(/· paused ·/)
      .waitFor();
    const paused = await head().textContent();
    await page.reload();
    await head()
      .getByText(/· paused ·/)
      .waitFor();
    expect(await head().textContent()).toBe(paused);
    const before = await points();
    await button('Continue').click();
    await atLeast(before + 1);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('menuitem', { name: 'After this epoch', exact: true }).click();
    await status('cancelled');
    const ended = await points();
    expect(ended).toBeGreaterThan(before);
    await button('Resume').click();
    await status('running');
    await atLeast(ended + 1);
  });

  test('has others wait in an order that can be changed, which have its settings when cloned', async () => {
    await go('new?from=1');
    await page.getByText('Settings of run 1').waitFor();
    expect(await page.locator('input[name=epochs]').inputValue()).toBe(String(MANY_EPOCHS));
    await page.locator('input[name=epochs]').fill('2');
    await button('Add to the queue').click();
    await page.getByText('Waiting, next in the queue').waitFor();
    await start(`epochs=${MANY_EPOCHS}`);
    const waiting = page.getByRole('region', { name: 'Queue' }).getByRole('listitem');
    await waiting.nth(1).waitFor();
    await button('Run 3 earlier').click();
    await waiting.first().getByText('run 3').waitFor();
    await button('Run 3 later').click();
    await waiting.first().getByText('run 2').waitFor();
  });

  test('asks before its window is closed, and can be left to train', async () => {
    // A browser without a screen closes without a question, so the page is asked as a browser would ask it.
    const isHeld = await page.evaluate(`!dispatchEvent(new Event('beforeunload', { cancelable: true }))`);
    expect(isHeld).toBe(true);
    await page.getByRole('dialog', { name: 'Run 1 is training' }).waitFor();
    await button('Stay').click();
  });

  test.skipIf(!canKill)(
    'whose worker is killed is marked and can be resumed, and the next one begins',
    async () => {
      await go('train/1');
      await status('running');
      const before = await points();
      for (const pid of execFileSync('pgrep', ['-P', String(stage.program.pid)], { encoding: 'utf8' })
        .trim()
        .split('\n')) {
        process.kill(Number(pid), 'SIGKILL');
      }
      await status('failed');
      await page
        .getByRole('main')
        .getByRole('alert')
        .getByText(/worker process was ended/)
        .waitFor();
      await button('Resume').waitFor();
      expect(await points()).toBeGreaterThanOrEqual(before);
      await go('train/2');
      await status('completed');
    },
  );

  test.skipIf(!canKill)(
    'whose host is killed is interrupted, and goes on after a restart when asked to',
    async () => {
      await go('train/3');
      await status('running');
      await start('epochs=2');
      await go('train/3');
      await atLeast(2);
      await stage.program.kill();
      await page.getByText('Lesion Lab has ended').waitFor();
      await page.close();
      await openWindow();
      await go('train/3');
      await status('interrupted');
      const kept = await points();
      expect(kept).toBeGreaterThanOrEqual(2);
      await page.getByText('1 run waited when Lesion Lab was last closed.').waitFor();
      await button('Continue the queue').click();
      await button('Resume').click();
      await go('train/4');
      await status('completed');
      await go('train/3');
      await status('running');
      await atLeast(kept + 1);
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByRole('menuitem', { name: /^After this epoch, with the report/ }).click();
      await status('completed');
      await page.getByText(/Training was ended by hand after \d+ of 2000 epochs/).waitFor();
      await page.getByRole('main').getByRole('link', { name: 'Open the report' }).waitFor();
    },
  );

  test('of a minute or more tells by a message of the system that it has ended, where that was asked for', async () => {
    await page.addInitScript(NOTE_MESSAGES);
    await page.reload();
    await go('train');
    await button('Notify me when a run ends').click();
    await page.getByText('You will be notified when a long run ends.').waitFor();
    await start('epochs=1');
    await status('completed');

    await start(`epochs=${MANY_EPOCHS}`);
    const run = Number(/train\/(\d+)/.exec(page.url())![1]);
    await atLeast(1);
    beginEarlier(run, 2 * 60_000);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('menuitem', { name: /^After this epoch, with the report/ }).click();
    await status('completed');
    const told = () => page.evaluate('messages.map(({ title, body, tag }) => ({ title, body, tag }))');
    await expect.poll(told).toEqual([
      {
        title: `cnn1, run ${run}, is trained`,
        body: expect.stringMatching(/^It took .*Balanced accuracy on the test part: \d\.\d{3}/),
        tag: `run-${run}`,
      },
    ]);
    await page.evaluate('messages[0].onclick()');
    await page.waitForURL(new RegExp(`#/runs/${run}$`));
    expect(complaints).toEqual([]);
  });

  /** The history says that the run began so much before: nobody wants to wait for a long run. */
  function beginEarlier(run: number, byMs: number): void {
    const db = openDatabase(join(dataFolder, 'lesion-lab.sqlite'));
    try {
      const { startedAt } = getRun(db, run);
      const earlier = new Date(Date.parse(startedAt!) - byMs).toISOString();
      db.prepare('UPDATE runs SET started_at = ? WHERE id = ?').run(earlier, run);
    } finally {
      db.close();
    }
  }
});
