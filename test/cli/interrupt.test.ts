/** Ctrl-C in the middle of a command that is no training: one line, a status, and nothing left behind. */
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAlive, type Lab, openLab, outcomeOf, QUICK, workerOf } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  await lab.json('data', 'import', lab.images, '--name', 'drawn');
  await lab.json('train', '--data', 'drawn', '--model', 'nn1', '--epochs', '1', ...QUICK);
  await lab.json('export', '1', '--to', 'weights.h5');
  cpSync(lab.images, join(lab.folder, 'copy'), { recursive: true });
});
afterAll(() => lab.remove());

/** Interrupts a command as soon as it has a worker. @param whom the command alone, or its worker too, as a terminal does */
async function interrupted(whom: 'command' | 'group', parameters: readonly string[]) {
  const child = lab.start(...parameters);
  const ended = outcomeOf(child);
  const worker = await workerOf(child);
  process.kill(whom === 'group' ? -child.pid! : child.pid!, 'SIGINT');
  const outcome = await ended;
  expect(isAlive(worker)).toBe(false);
  return outcome;
}

/** Everything that a command may have written to. */
function state() {
  const db = new Database(join(lab.dataFolder, 'lesion-lab.sqlite'), { readonly: true });
  const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  const counts = { datasets: count('datasets'), evaluations: count('evaluations') };
  db.close();
  const weights = readdirSync(join(lab.dataFolder, 'weights'));
  return { ...counts, weights, files: readdirSync(lab.folder).sort() };
}

describe('Ctrl-C', () => {
  const commands: [string, string[]][] = [
    ['export to Keras', ['export', '1', '--to', 'model.keras']],
    ['export to a folder', ['export', '1', '--format', 'tfjs', '--to', 'model']],
    ['weights import', ['weights', 'import', 'weights.h5', '--backbone', 'mobilenet_v1']],
    ['doctor', ['doctor']],
    ['data import', ['data', 'import', 'copy']],
    ['data check', ['data', 'check', 'drawn', '--problems', 'problems.csv']],
    ['classify', ['classify', '1', 'copy', '--csv', 'answers.csv']],
    ['evaluate', ['evaluate', '1', '--data', 'drawn']],
  ];

  test.each([
    ...commands.map(([name, parameters]) => ['command', name, parameters] as const),
    ...commands.slice(0, 5).map(([name, parameters]) => ['group', name, parameters] as const),
  ])('that reaches the %s: %s', async (whom, _name, parameters) => {
    const before = state();
    const { status, stdout, stderr } = await interrupted(whom, parameters);
    expect(stderr).toMatch(/^[^\n]*cancelled[^\n]*\n$/i);
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
    expect(state()).toEqual(before);
  });
});

test('with --json the one document says that it was cancelled', async () => {
  const { status, stdout, stderr } = await interrupted('command', ['doctor', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cancelled' } });
  expect({ status, stderr }).toEqual({ status: 130, stderr: '' });
});
