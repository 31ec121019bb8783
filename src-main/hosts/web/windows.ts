/**
 * The windows of the browser host: opens them in an installed browser where there is a screen, gives an address to open
 * by hand where not, and tells when the last one of ours is closed. Runs in the host.
 */
import { join } from 'node:path';
import { browserArguments, findBrowser, hasDisplay, openAppWindow, type System } from './app-window.ts';

export interface WindowsOptions {
  readonly dataFolder: string;
  readonly system: System;
  readonly newAddress: () => string;
  readonly say: (line: string) => void;
}

export interface Windows {
  /** Opens a window, or gives an address if only that is wanted or possible. @returns what there is to print. */
  open(printOnly: boolean): string;
  /** To be told how many windows are attached. */
  count(attached: number): void;
  /** Whether a window was opened here and all are closed now. */
  allClosed(): boolean;
  close(): void;
}

export function createWindows({ dataFolder, system, newAddress, say }: WindowsOptions): Windows {
  const browser = hasDisplay(system) ? findBrowser(system) : null;
  const browsers = new Set<{ kill(): void }>();
  const addressLine = () => `Lesion Lab (opens one window, once; Ctrl-C ends it): ${newAddress()}`;
  let attached = 0;
  let hasOpened = false;
  let hasAttached = false;

  return {
    open(printOnly) {
      if (printOnly || !browser) return addressLine();
      const profile = join(dataFolder, 'browser-profile');
      const child = openAppWindow(browser, browserArguments(newAddress(), profile, system), (reason) => {
        if (!hasAttached) say(`No window was opened (${browser}: ${reason}). ${addressLine()}`);
      });
      browsers.add(child);
      child.once('exit', () => browsers.delete(child));
      hasOpened = true;
      return `Lesion Lab is open in a window of ${browser}. Close it, or press Ctrl-C here, to end.`;
    },
    count(now) {
      attached = now;
      hasAttached ||= now > 0;
    },
    allClosed: () => hasOpened && hasAttached && attached === 0,
    close() {
      for (const child of browsers) child.kill();
    },
  };
}
