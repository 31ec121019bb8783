/** Starts the product's real entry, as it is built, over the stand-in for Electron. */
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { vi } from 'vitest';
import type { Desktop } from './desktop.ts';
import { StandInElectron } from './stand-in/index.ts';
import { loadEntry } from './stand-in/load-entry.ts';

export const ROOT = join(import.meta.dirname, '..', '..');

export interface StandInDesktop extends Desktop {
  readonly electron: StandInElectron;
}

export async function openStandIn(
  browser: Browser,
  dataFolder: string,
  paths: Readonly<Record<string, string>> = {},
): Promise<StandInDesktop> {
  const electron = new StandInElectron({
    browser,
    appPath: ROOT,
    switches: { 'data-dir': dataFolder },
    paths,
  });
  await electron.pages.open();
  forgetSignalsAtExit(electron);
  loadEntry(join(ROOT, 'out', 'main', 'main.cjs'), electron.module);
  const { app, dialog, windows } = electron;
  const open = () => windows.filter((window) => !window.isDestroyed());
  return {
    electron,
    async page() {
      await vi.waitUntil(() => open().at(-1)?.isShown, { timeout: 90_000 });
      return open().at(-1)!.contents.page;
    },
    openWindows: async () => open().length,
    answerNext: async (button) => void dialog.responses.push(button),
    asked: async () => dialog.messages.map(({ message }) => message),
    chooseNext: async (folder) => void dialog.folders.push(folder),
    closeWindow: async () => open().at(-1)?.close(),
    exited: () => app.exited,
    kill: async () => app.exit(),
  };
}

/** A process of its own would take its listeners with it. */
function forgetSignalsAtExit({ app }: StandInElectron): void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const before = new Set(signals.flatMap((signal) => process.listeners(signal)));
  void app.exited.then(() => {
    for (const signal of signals) {
      for (const own of process.listeners(signal)) if (!before.has(own)) process.off(signal, own);
    }
  });
}
