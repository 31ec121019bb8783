/**
 * Electron's preload script: the window's only way out of its sandbox, one channel of packets and the path of a dropped file.
 * No logic; who may send what is decided by the main process (hosts/electron/ipc-link.ts).
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { WindowBridge } from './bridge.ts';

const CHANNEL = 'lesion-lab';

const bridge: WindowBridge = {
  send: (packet) => ipcRenderer.send(CHANNEL, packet),
  onPacket(listener) {
    ipcRenderer.on(CHANNEL, (_event, packet) => listener(packet));
  },
  pathOf: (file) => webUtils.getPathForFile(file),
};

contextBridge.exposeInMainWorld('lesionLab', bridge);
