/** The product in Electron, as the scenarios see it: over the stand-in, or over the real binary. */
import type { Page } from 'playwright';

export interface Desktop {
  /** Of the window that was opened last, once its page is there. */
  page(): Promise<Page>;
  openWindows(): Promise<number>;
  /** What the person answers when asked next, as the number of the button. */
  answerNext(button: number): Promise<void>;
  /** The text of what was asked so far. */
  asked(): Promise<string[]>;
  /** What the person chooses when the system's dialog is opened next. */
  chooseNext(folder: string): Promise<void>;
  /** Clicks the window's close button. */
  closeWindow(): Promise<void>;
  /** Resolves when the program has ended. */
  exited(): Promise<number>;
  /** Ends it whatever it does. */
  kill(): Promise<void>;
}

export type OpenDesktop = (dataFolder: string) => Promise<Desktop>;
