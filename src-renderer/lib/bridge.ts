/** What Electron's preload script puts into the page; not there in a browser. Runs in the window. */
import type { Bridge } from '../../src-main/rpc/bridge-link.ts';

export interface WindowBridge extends Bridge {
  /** Where a file that was dropped or chosen lies; empty for one that lies nowhere. */
  pathOf(file: File): string;
}

declare global {
  interface Window {
    readonly lesionLab?: WindowBridge;
  }
}

/** Null in a browser. */
export const electronBridge: WindowBridge | null = window.lesionLab ?? null;
