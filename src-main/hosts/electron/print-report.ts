/**
 * A report as a PDF, by Chromium's own print path, in a window that nobody sees and that runs no script. Nothing of it is in a file: the
 * page comes out of memory by our own protocol, the PDF goes back the same way. Runs in the main process.
 */
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import type { PrintToPdf } from '../../app/case-report.ts';
import { PAGE } from './app-protocol.ts';

const PAPERS = { a4: 'A4', letter: 'Letter' } as const;

export function printsReports(
  HiddenWindow: new (options: BrowserWindowConstructorOptions) => BrowserWindow,
): PrintToPdf {
  return async (asset, paper) => {
    const window = new HiddenWindow({
      show: false,
      webPreferences: {
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        javascript: false,
      },
    });
    try {
      await window.loadURL(`${PAGE}reports/${encodeURIComponent(asset)}`);
      return await window.webContents.printToPDF({
        pageSize: PAPERS[paper],
        printBackground: true,
        preferCSSPageSize: false,
      });
    } finally {
      window.destroy();
    }
  };
}
