/**
 * Folders of this machine: Electron has the system's dialog and knows where a dropped folder lies; a browser has neither and
 * walks through the folders that its host allows. Runs in the window.
 */
import { mount, unmount } from 'svelte';
import FolderDialog from '../components/FolderDialog.svelte';
import { electronBridge } from './bridge.ts';
import type { Api } from './connect.ts';

/** Asks for a folder. @returns its absolute path; null when none was chosen. @throws AppError of the host */
export async function chooseFolder(api: Api): Promise<string | null> {
  if (!electronBridge) return askInPage(api);
  const { path } = await api.call('folder.choose', {});
  return path;
}

/** Where a dropped file or folder lies; null in a browser, which does not tell. */
export function pathOfDroppedFile(file: File): string | null {
  return electronBridge?.pathOf(file) || null;
}

function askInPage(api: Api): Promise<string | null> {
  return new Promise((resolve) => {
    const dialog = mount(FolderDialog, {
      target: document.body,
      props: {
        list: (path: string | null) => api.call('folder.list', { path }),
        onDone(path: string | null) {
          void unmount(dialog);
          resolve(path);
        },
      },
    });
  });
}
