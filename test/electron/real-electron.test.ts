/** The same scenarios in the real Electron, wherever its binary is installed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ElectronApplication, _electron as electron } from 'playwright';
import { beforeAll, expect } from 'vitest';
import { findElectron } from '../../src-main/app/electron-binary.ts';
import { ensureBuilt } from '../../src-main/hosts/build.ts';
import { electronArguments } from '../../src-main/hosts/launch-electron.ts';
import { hasDisplay } from '../../src-main/hosts/web/app-window.ts';
import type { Desktop } from './desktop.ts';
import { ROOT } from './open-stand-in.ts';
import { describeDesktop } from './scenarios.ts';

const program = findElectron(ROOT);
const isSeen = hasDisplay({ platform: process.platform, env: process.env });
const skipped = program
  ? isSeen
    ? ''
    : ' (skipped: there is no display)'
  : " (skipped: Electron's binary is not installed)";

/** Put in place of the system's dialogs, which no script can click. */
interface Answers {
  buttons: number[];
  folders: string[];
  asked: string[];
}

const running = new Map<string, Desktop>();

async function openReal(dataFolder: string): Promise<Desktop> {
  const args = [ROOT, ...electronArguments({ dataFolder, userId: process.getuid?.() })];
  const first = running.get(dataFolder);
  if (first) return { ...first, exited: () => exitOf(spawn(program!, args, { stdio: 'ignore' })) };
  const app = await electron.launch({ executablePath: program!, args });
  const exited = exitOf(app.process());
  await replaceDialogs(app);
  const desktop = describeReal(app, exited);
  running.set(dataFolder, desktop);
  void exited.then(() => running.delete(dataFolder));
  return desktop;
}

const exitOf = async (child: ChildProcess): Promise<number> => (await once(child, 'exit'))[0];

function replaceDialogs(app: ElectronApplication): Promise<void> {
  return app.evaluate(({ dialog }) => {
    const answers: Answers = { buttons: [], folders: [], asked: [] };
    Object.assign(globalThis, { answers });
    const showMessageBox = async (...given: unknown[]) => {
      const { message, cancelId } = given.at(-1) as { message: string; cancelId?: number };
      answers.asked.push(message);
      return { response: answers.buttons.shift() ?? cancelId ?? 0, checkboxChecked: false };
    };
    const showOpenDialog = async () => {
      const folder = answers.folders.shift();
      return { canceled: folder === undefined, filePaths: folder === undefined ? [] : [folder] };
    };
    Object.assign(dialog, { showMessageBox, showOpenDialog });
  });
}

function describeReal(app: ElectronApplication, exited: Promise<number>): Desktop {
  const tell = (key: 'buttons' | 'folders', value: number | string) =>
    app.evaluate(
      (_electron, given) => {
        const { answers } = globalThis as unknown as { answers: Record<string, (number | string)[]> };
        answers[given.key]!.push(given.value);
      },
      { key, value },
    );
  return {
    async page() {
      await expect.poll(() => app.windows().length, { timeout: 90_000 }).toBeGreaterThan(0);
      return app.windows().at(-1)!;
    },
    openWindows: () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length),
    answerNext: (button) => tell('buttons', button),
    asked: () => app.evaluate(() => (globalThis as unknown as { answers: Answers }).answers.asked),
    chooseNext: (folder) => tell('folders', folder),
    closeWindow: () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()),
    exited: () => exited,
    kill: async () => void app.process().kill('SIGKILL'),
  };
}

beforeAll(async () => {
  if (!skipped) await ensureBuilt(ROOT, ['window', 'host'], () => undefined);
}, 300_000);

describeDesktop(`Electron${skipped}`, skipped !== '', openReal);
