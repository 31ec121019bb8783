/**
 * How long a released model takes to answer: one picture with a warm model (budget 100 ms, heat maps and similar images included) and
 * a folder (budget 200 pictures a minute, its table written). Run as: node scripts/run.mjs bench/classify.ts FILE.lesion-model FOLDER [--pictures N].
 * The application and its worker are the real ones; ends with 1 when a budget is not met.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createApp } from '../src-main/app/create-app.ts';
import { openLog } from '../src-main/app/log.ts';
import { apiContract } from '../src-main/contract/api.ts';
import { forkWorker } from '../src-main/hosts/fork-worker.ts';
import { connect } from '../src-main/rpc/client.ts';
import { memoryLinkPair } from '../src-main/rpc/memory-link.ts';

const BUDGET_MS = 100;
const BUDGET_A_MINUTE = 200;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pictures: { type: 'string', default: '200' } },
});
const [file, source] = positionals;
if (!file || !source) throw new Error('usage: bench/classify.ts FILE.lesion-model FOLDER [--pictures N]');

const place = mkdtempSync(join(os.tmpdir(), 'lesion-lab-bench-'));
const app = createApp({
  dataFolder: join(place, 'data'),
  version: '0.0.0',
  openLog,
  spawnWorker: forkWorker,
});
try {
  const [near, far] = memoryLinkPair();
  app.attach(far);
  const client = connect(near, apiContract);
  const pictures = copyPictures(resolve(source), join(place, 'pictures'), Number(values.pictures));
  const { hash, name, version } = await client.call('release.import', { path: resolve(file) });

  const coldAt = performance.now();
  await client.call('classify.answer', { model: hash, picture: pictures[0]! });
  const coldMs = performance.now() - coldAt;
  const times: number[] = [];
  for (const picture of pictures) {
    const began = performance.now();
    await client.call('classify.answer', { model: hash, picture });
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const share = (of: number) => times[Math.floor(of * (times.length - 1))]!;

  const folder = { model: hash, folder: join(place, 'pictures'), csv: join(place, 'answers.csv') };
  const { answered, elapsedMs } = await client.call('classify.folder', folder);
  const aMinute = (60_000 * answered) / elapsedMs;
  process.stdout.write(
    `${name} ${version}: first answer of a cold model ${Math.round(coldMs)} ms; warm, ${times.length} pictures one by one: ` +
      `median ${share(0.5).toFixed(1)} ms, 95 % below ${share(0.95).toFixed(1)} ms; ` +
      `folder of ${answered}: ${Math.round(aMinute)} pictures a minute; load ${os.loadavg()[0]!.toFixed(1)}\n`,
  );
  if (share(0.5) > BUDGET_MS || aMinute < BUDGET_A_MINUTE) {
    process.stdout.write(
      `A budget is not met: ${BUDGET_MS} ms a picture, ${BUDGET_A_MINUTE} pictures a minute.\n`,
    );
    process.exitCode = 1;
  }
} finally {
  await app.close();
  rmSync(place, { recursive: true, force: true });
}

function copyPictures(from: string, to: string, count: number): string[] {
  mkdirSync(to, { recursive: true });
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((entry) => /\.(jpe?g|png)$/i.test(entry))
    .sort()
    .slice(0, count);
  return files.map((entry) => {
    const copy = join(to, basename(entry));
    copyFileSync(join(from, entry), copy);
    return copy;
  });
}
