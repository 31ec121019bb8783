/**
 * How long the history takes to open, from the click to the frame that shows its first rows, with 10,000 runs and with 2, 4 and 8 times
 * as many; beside it, a search in it and a jump to its end. The budget is 200 ms at 10,000. Run as: node scripts/run.mjs bench/history.ts [--repeats N].
 * Host and window are the real ones; the runs are drawn. Prints one row a size; ends with 1 when the budget is not met.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright';
import { startProgram } from '../test/e2e/workstation.ts';
import { storeHistory } from '../test/support/stored-history.ts';
import { openInstalledBrowser, openWindow, timeUntilShown } from './in-page.ts';
import { median } from './rows.ts';

const BUDGET_MS = 200;
const SIZES = [10_000, 20_000, 40_000, 80_000] as const;

const { values } = parseArgs({ options: { repeats: { type: 'string', default: '5' } } });
const repeats = Number(values.repeats);

const cell = (text: string) =>
  `[...document.querySelectorAll('[role=grid] a')].some((link) => link.textContent === ${JSON.stringify(text)})`;

interface Row {
  readonly runs: number;
  readonly openMs: number[];
  readonly searchMs: number[];
  readonly endMs: number[];
}

async function measure(page: Page, runs: number): Promise<Row> {
  const row: Row = { runs, openMs: [], searchMs: [], endMs: [] };
  const newest = cell(`run ${runs}`);
  // the first one compiles the code, as at every start; it is not counted
  for (let repeat = 0; repeat <= repeats; repeat++) {
    await page.evaluate("location.hash = '#/settings'");
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await page.waitForTimeout(500);
    const openMs = await page.evaluate<number>(timeUntilShown("location.hash = '#/runs'", newest));
    const toEnd = "document.querySelector('[role=grid]').scrollTop = 1e9";
    const endMs = await page.evaluate<number>(timeUntilShown(toEnd, cell('run 1')));
    const search = `const field = document.querySelector('input[type=search]');
      field.value = 'needle'; field.dispatchEvent(new Event('input', { bubbles: true }))`;
    const searchMs = await page.evaluate<number>(
      timeUntilShown(search, `${cell('run 77')} && !${cell('run 1')}`),
    );
    if (repeat === 0) continue;
    row.openMs.push(openMs);
    row.searchMs.push(searchMs);
    row.endMs.push(endMs);
  }
  return row;
}

async function bench(browser: Browser, runs: number): Promise<Row> {
  const dataFolder = mkdtempSync(join(os.tmpdir(), 'lesion-lab-bench-'));
  try {
    storeHistory(dataFolder, runs);
    const program = await startProgram(dataFolder);
    try {
      const page = await openWindow(browser, program.address);
      return await measure(page, runs);
    } finally {
      await program.interrupt();
    }
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

const spread = (times: readonly number[]) =>
  `${Math.round(median(times))} ms (${Math.round(Math.min(...times))}-${Math.round(Math.max(...times))})`;

const browser = await openInstalledBrowser();
try {
  const rows: Row[] = [];
  for (const size of SIZES) {
    const row = await bench(browser, size);
    rows.push(row);
    const growth = (median(row.openMs) / median(rows[0]!.openMs)).toFixed(2);
    process.stdout.write(
      `history of ${row.runs} runs: opens in ${spread(row.openMs)} of ${repeats}, ${row.runs / rows[0]!.runs}x the runs takes ` +
        `${growth}x as long; search ${spread(row.searchMs)}, to the end ${spread(row.endMs)}; load ${os.loadavg()[0]!.toFixed(1)}\n`,
    );
  }
  if (median(rows[0]!.openMs) > BUDGET_MS) {
    process.stdout.write(`The budget of ${BUDGET_MS} ms at ${SIZES[0]} runs is not met.\n`);
    process.exitCode = 1;
  }
} finally {
  await browser.close();
}
