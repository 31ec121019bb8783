/** The first start of the packaged product: offers to fetch TensorFlow's library, with its progress in the task bar. Runs in the main process. */
import type { BrowserWindow, Dialog } from 'electron';
import { toFailure } from '../../contract/errors.ts';
import { type FetchOptions, fetchNativeLibrary, type PinnedWheel } from './fetch-native-library.ts';

export interface Offer {
  readonly missing: { readonly wheel: PinnedWheel; readonly addon: string; readonly folder: string };
  readonly window: Pick<BrowserWindow, 'setProgressBar' | 'reload' | 'isDestroyed'>;
  readonly dialog: Pick<Dialog, 'showMessageBox' | 'showOpenDialog'>;
  readonly index?: FetchOptions['index'];
}

const DOWNLOAD = 0;
const CHOOSE = 1;
const LATER = 2;
const NO_PROGRESS = -1;

/** Asks until there is a library or a person wants it later; then everything but computing works. */
export async function offerNativeLibrary({ missing, window, dialog, index }: Offer): Promise<void> {
  const { wheel } = missing;
  for (let problem = ''; ; ) {
    const { response } = await dialog.showMessageBox({
      type: problem ? 'warning' : 'info',
      message:
        problem || "TensorFlow's library is not here yet. Nothing can be trained or classified without it.",
      detail: `It is downloaded once (${wheel.megabytes} MB, from the Python package index), or taken from the file ${wheel.file} that was downloaded elsewhere. Nothing else of Lesion Lab uses a network.`,
      buttons: ['Download', 'Choose the file …', 'Later'],
      defaultId: DOWNLOAD,
      cancelId: LATER,
    });
    if (response === LATER) return;
    const given = response === CHOOSE ? await chooseWheel(dialog) : null;
    if (response === CHOOSE && given === null) continue;
    try {
      const onProgress = (share: number) => !window.isDestroyed() && window.setProgressBar(share);
      await fetchNativeLibrary({ ...missing, given, onProgress, ...(index ? { index } : {}) });
      if (!window.isDestroyed()) window.reload();
      return;
    } catch (thrown) {
      problem = toFailure(thrown).message;
    } finally {
      if (!window.isDestroyed()) window.setProgressBar(NO_PROGRESS);
    }
  }
}

async function chooseWheel(dialog: Pick<Dialog, 'showOpenDialog'>): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog({
    properties: ['openFile'],
    filters: [{ name: 'Python wheel', extensions: ['whl'] }],
  });
  return filePaths[0] ?? null;
}
