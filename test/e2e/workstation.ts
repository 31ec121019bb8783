/** The real program as npm start runs it, and a real browser to look at it with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium, type Page } from 'playwright';
import { findBrowser, QUIET_BROWSER } from '../../src-main/hosts/web/app-window.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const system = { platform: process.platform, env: process.env };

/** A browser that is installed, or the one that Playwright fetched; null: none. */
export function installedBrowser(): string | null {
  const own = chromium.executablePath();
  return findBrowser(system) ?? (own && existsSync(own) ? own : null);
}

export async function openBrowser(executablePath: string): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  // as the product starts it: what a page asks for beyond the loopback is then counted, and not what the browser does
  return chromium.launch({ executablePath, args: [...QUIET_BROWSER, ...(isRoot ? ['--no-sandbox'] : [])] });
}

export interface StartedProgram {
  readonly pid: number;
  /** Opens one window, once. */
  readonly address: string;
  /** Ctrl-C. @returns the exit code. */
  interrupt(): Promise<number | null>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts the launcher without a window of its own and waits for its address. */
export async function startProgram(dataFolder: string): Promise<StartedProgram> {
  const launcher = join(ROOT, 'src-main', 'hosts', 'launch.ts');
  const child: ChildProcess = spawn(process.execPath, [launcher, '--no-open', '--data-dir', dataFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const found = /http:\/\/127\.0\.0\.1:\d+\/\?code=\S+/.exec(line);
      if (found) resolve(found[0]);
    });
    child.once('exit', (code) =>
      reject(new Error(`The program ended with ${code} before it gave an address.`)),
    );
  });
  return {
    pid: child.pid!,
    address,
    async interrupt() {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      const [code] = await exited;
      return code;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs the command line on a data folder. @throws Error with its last words when it fails */
export async function runLab(dataFolder: string, ...parameters: string[]): Promise<void> {
  const main = join(ROOT, 'src-main', 'hosts', 'cli', 'main.ts');
  const child = spawn(process.execPath, [main, ...parameters], {
    env: { ...process.env, LESION_LAB_DATA_DIR: dataFolder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`lab ${parameters.join(' ')} ended with ${code}: ${words}`);
}

/** Demo images and two short runs on them, as the command line makes them. */
export async function fillDataFolder(dataFolder: string): Promise<void> {
  await runLab(dataFolder, 'demo', '--model', 'nn1', '--epochs', '2');
  const small = ['--epochs', '3', '--image-width-px', '32', '--image-height-px', '24'];
  await runLab(dataFolder, 'train', '--data', '1', '--model', 'cnn1', ...small);
}

const MOST_LOOKS = 60;
const IS_WORKING = /(Counting|Examining|Looking (at|for)[^.]*) …/;
/** A picture out of sight is fetched when it comes near. */
const ARE_PICTURES_THERE = `[...document.images].every((image) => {
  const { top, bottom } = image.getBoundingClientRect();
  return image.complete || (image.loading === 'lazy' && (bottom < 0 || top > innerHeight));
})`;

/** Goes to a screen and waits until it says the same for half a second, nothing that it asked for is under way, and its pictures are there. */
export async function showScreen(page: Page, screen: string): Promise<void> {
  await page.evaluate(`location.hash = '#/${screen}'`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const words = () => page.locator('main').textContent();
  for (let before = await words(), look = 0; look < MOST_LOOKS; look++) {
    await page.waitForTimeout(500);
    const now = await words();
    const isStill = now === before && !IS_WORKING.test(now ?? '');
    if (isStill && (await page.evaluate(ARE_PICTURES_THERE))) return;
    before = now;
  }
  throw new Error(`The screen ${screen} does not come to rest.`);
}

/**
 * Scrolls a table or a gallery and looks what a click in its middle would meet at once, while it counts as scrolling.
 * @returns whether that is one of its rows or something in it; fails where there is nothing to scroll
 */
export function takesClickWhileScrolling(page: Page, name: string): Promise<boolean> {
  return page.evaluate<boolean>(`new Promise((resolve, reject) => {
    const grid = document.querySelector('[role=grid][aria-label=${JSON.stringify(name)}]');
    const room = grid.scrollHeight - grid.clientHeight;
    if (room <= 0) return reject(new Error('All rows are in sight, there is nothing to scroll.'));
    grid.addEventListener('scroll', () => requestAnimationFrame(() => {
      const { left, top, width, height } = grid.getBoundingClientRect();
      resolve(document.elementFromPoint(left + width / 2, top + height / 2).closest('[role=row]') !== null);
    }), { once: true });
    grid.scrollTop = grid.scrollTop > 0 ? 0 : room;
  })`);
}

/** Asks the application as another window does, over a socket of its own. */
export function askApp<Answer>(page: Page, procedure: string, input: object): Promise<Answer> {
  return page.evaluate<Answer>(`new Promise((resolve, reject) => {
    const socket = new WebSocket('ws://' + location.host + '/api');
    socket.onmessage = ({ data }) => {
      const answer = JSON.parse(data);
      if (answer.type !== 'response') return;
      socket.close();
      if (answer.ok) resolve(answer.output);
      else reject(new Error(answer.error.message));
    };
    socket.onopen = () => socket.send(JSON.stringify({ type: 'request', id: 1, procedure: ${JSON.stringify(procedure)}, input: ${JSON.stringify(input)} }));
  })`);
}

/** Notes what the page complains about (scripts, content policy) and what it asks for elsewhere. */
export function noteComplaints(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(blob:)?http:\/\/127\.0\.0\.1:/.test(request.url())) complaints.push(`asked for ${request.url()}`);
  });
}
