/**
 * What every story of the window plays on: a folder to work in, the real program, a real browser and its page. All of it is gone at the
 * end. Where no browser is installed the story is skipped, and its name says why.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe } from 'vitest';
import { removeFolder } from '../store/temporary.ts';
import {
  installedBrowser,
  noteComplaints,
  openBrowser,
  type StartedProgram,
  startProgram,
} from './workstation.ts';

export interface Stage {
  /** Removed at the end. */
  readonly scratch: string;
  /** What pages have complained about so far. */
  readonly complaints: string[];
  readonly browser: Browser;
  /** The one that was started last. */
  readonly program: StartedProgram;
  /** Starts the program on a data folder and opens its window. @returns its page, once that has a title */
  open(dataFolder: string): Promise<Page>;
}

const browserPath = installedBrowser();
const skipped = browserPath ? '' : ' (skipped: no Chromium, Chrome or Edge is installed)';
/** A machine may be busy with other things; what is awaited in the page comes at once otherwise. */
const PATIENCE_MS = 60_000;
/** The window may have to be built first. */
export const OPENING_MS = 480_000;

/** @param stepMs how long a test may take */
export function describeInBrowser(name: string, stepMs: number, tell: (stage: Stage) => void): void {
  describe.skipIf(!browserPath)(`${name}${skipped}`, { timeout: stepMs }, () => {
    const scratch = mkdtempSync(join(tmpdir(), 'lesion-lab-e2e-'));
    const complaints: string[] = [];
    let browser: Browser | undefined;
    let program: StartedProgram | undefined;

    beforeAll(async () => {
      browser = await openBrowser(browserPath!);
    }, OPENING_MS);
    afterAll(async () => {
      await browser?.close();
      await program?.kill();
      removeFolder(scratch);
    });

    tell({
      scratch,
      complaints,
      get browser() {
        return browser!;
      },
      get program() {
        return program!;
      },
      async open(dataFolder) {
        program = await startProgram(dataFolder);
        const page = await browser!.newPage({ viewport: { width: 1280, height: 800 } });
        page.setDefaultTimeout(PATIENCE_MS);
        noteComplaints(page, complaints);
        await page.goto(program.address);
        await page.getByRole('heading', { level: 1 }).waitFor();
        return page;
      },
    });
  });
}
