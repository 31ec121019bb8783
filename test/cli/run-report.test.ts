import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary.ts';
import { storeRun } from '../support/stored-run.ts';

const MAIN = fileURLToPath(new URL('../../src-main/hosts/cli/main.ts', import.meta.url));

/** @returns what was printed, to both streams, and the exit code */
function lab(dataFolder: string, ...parameters: string[]): Promise<{ status: number; words: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, LESION_LAB_DATA_DIR: dataFolder };
    execFile(process.execPath, [MAIN, 'runs', 'report', ...parameters], { env }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, words: out + err }),
    );
  });
}

describe('lab runs report', () => {
  test('writes the page of a run, or of one of its evaluations', async () => {
    const folder = temporaryFolder();
    const { runId, evaluationId } = await storeRun(folder, { testImages: 60, pictures: false });
    const file = join(folder, 'report.html');
    const { status, words } = await lab(folder, String(runId), '--html', file);
    expect([status, words]).toEqual([0, expect.stringContaining(file)]);
    const page = readFileSync(file, 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('Test, n = 60 images');
    const same = join(folder, 'same.html');
    await lab(folder, String(runId), '--html', same, '--evaluation', String(evaluationId));
    const undated = (text: string) => text.replace(/ on \d{4}-[^.]+\./, '');
    expect(undated(readFileSync(same, 'utf8'))).toBe(undated(page));
  });

  test('writes nothing for a run or an evaluation that is not there, and says which are', async () => {
    const folder = temporaryFolder();
    const { runId } = await storeRun(folder, { testImages: 20, pictures: false });
    const file = join(folder, 'report.html');
    const noRun = await lab(folder, '99', '--html', file);
    expect(noRun).toEqual({ status: 1, words: expect.stringContaining('no run 99') });
    const noEvaluation = await lab(folder, String(runId), '--html', file, '--evaluation', '8');
    expect(noEvaluation).toEqual({ status: 1, words: expect.stringContaining('no evaluation 8') });
    expect(existsSync(file)).toBe(false);
  });
});
