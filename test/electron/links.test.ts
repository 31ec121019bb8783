/** Electron's two transports, each through the suite of every link. */
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import type { IpcMain } from 'electron';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt } from '../../src-main/hosts/build.ts';
import { acceptWindows, CHANNEL } from '../../src-main/hosts/electron/ipc-link.ts';
import { type Bridge, bridgeLink } from '../../src-main/rpc/bridge-link.ts';
import { connect } from '../../src-main/rpc/client.ts';
import type { Link } from '../../src-main/rpc/link.ts';
import { serve } from '../../src-main/rpc/server.ts';
import { utilityProcessLink } from '../../src-main/rpc/utility-process-link.ts';
import type { WindowBridge } from '../../src-preload/bridge.ts';
import { echoContract, echoHandlers } from '../rpc/fixtures/echo-contract.ts';
import { describeLink } from '../rpc/link-suite.ts';
import { StandInUtilityProcess } from './stand-in/utility-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const OWN_PAGE = 'app://lesion-lab/';
const ECHO_WORKER = fileURLToPath(new URL('../rpc/fixtures/echo-worker.ts', import.meta.url));

/** A window's end of the channel and the main process's, without a page; every value is copied on its way. */
function openChannel(address = OWN_PAGE) {
  const ipcMain = new EventEmitter();
  const ipcRenderer = new EventEmitter();
  const mainFrame = { url: address };
  const sender = Object.assign(new EventEmitter(), {
    mainFrame,
    isDestroyed: () => false,
    send: (channel: string, packet: unknown) =>
      queueMicrotask(() => ipcRenderer.emit(channel, {}, structuredClone(packet))),
  });
  const sendFrom = (senderFrame: { url: string } | null, packet: unknown) =>
    ipcMain.emit(CHANNEL, { sender, senderFrame }, structuredClone(packet));
  const links: Link[] = [];
  acceptWindows(
    ipcMain as unknown as IpcMain,
    (url) => url.startsWith(OWN_PAGE),
    (link) => {
      links.push(link);
      const { emit } = serve(
        link,
        echoContract,
        echoHandlers((name, payload) => emit(name, payload)),
      );
    },
  );
  const bridge: Bridge = {
    send: (packet) => queueMicrotask(() => sendFrom(mainFrame, packet)),
    onPacket: (listener) => void ipcRenderer.on(CHANNEL, (_event, packet) => listener(packet)),
  };
  return { bridge, sender, sendFrom, mainFrame, links };
}

describeLink('Electron window', async () => {
  const link = bridgeLink(openChannel().bridge);
  return { link, dispose: async () => link.close() };
});

describe('the main process', () => {
  const open = { page: 'a', kind: 'open' };

  test.each([
    ['a page from elsewhere', { url: 'https://evil.example/' }],
    ['a frame inside the page', { url: OWN_PAGE }],
    ['a frame that has gone', null],
  ])('does not hear %s', (_who, frame) => {
    const { sendFrom, links } = openChannel();
    sendFrom(frame, open);
    expect(links).toHaveLength(0);
  });

  test('does not hear its own window once that shows another page', async () => {
    const { sendFrom, links, mainFrame } = openChannel();
    mainFrame.url = 'https://evil.example/';
    sendFrom(mainFrame, open);
    expect(links).toHaveLength(0);
  });

  test('passes over packets that are none', () => {
    const { sendFrom, mainFrame, links } = openChannel();
    for (const packet of [
      null,
      7,
      'open',
      {},
      { kind: 'open' },
      { page: 1, kind: 'open' },
      { page: 'a', kind: 'x' },
    ]) {
      sendFrom(mainFrame, packet);
    }
    expect(links).toHaveLength(0);
  });

  test.each(['a reload', 'destroyed', 'render-process-gone'])(
    'ends the link of a page at %s',
    async (how) => {
      const { bridge, sender, links } = openChannel();
      const before = connect(bridgeLink(bridge), echoContract);
      expect(await before.call('echo.upper', { text: 'a' })).toBe('A');
      const ended = new Promise((resolve) => links[0]!.onClose(resolve));
      if (how === 'a reload') {
        const after = connect(bridgeLink(bridge), echoContract);
        expect(await after.call('echo.upper', { text: 'b' })).toBe('B');
      } else sender.emit(how);
      expect(await ended).toMatchObject({ code: 'worker-died' });
    },
  );
});

describe('the preload script', () => {
  let exposed: [string, WindowBridge];
  const sent: unknown[][] = [];

  beforeAll(async () => {
    await ensureBuilt(ROOT, ['host'], () => undefined);
    const electron = {
      contextBridge: { exposeInMainWorld: (...given: [string, WindowBridge]) => (exposed = given) },
      ipcRenderer: { send: (...given: unknown[]) => sent.push(given), on: () => undefined },
      webUtils: { getPathForFile: (file: File) => `/pictures/${file.name}` },
    };
    const preload = readFileSync(join(ROOT, 'out', 'preload', 'main.cjs'), 'utf8');
    runInNewContext(preload, {
      require: (name: string) => (name === 'electron' ? electron : null),
      exports: {},
      module: {},
    });
  });

  test('gives the page one channel and the path of a file, and nothing else', () => {
    const [name, bridge] = exposed;
    expect(name).toBe('lesionLab');
    expect(Object.keys(bridge).sort()).toEqual(['onPacket', 'pathOf', 'send']);
    const packet = { page: 'a', kind: 'open' } as const;
    bridge.send(packet);
    expect(sent).toEqual([[CHANNEL, packet]]);
    expect(bridge.pathOf(new File([], 'a.png'))).toBe('/pictures/a.png');
  });

  test('fits what the window declares of it', () => {
    const bridge: Bridge = exposed[1];
    expect(bridge).toBe(exposed[1]);
  });
});

describeLink('utility process', async () => {
  const child = new StandInUtilityProcess(ECHO_WORKER, [], {
    env: { ...process.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  const link = utilityProcessLink(child);
  return {
    link,
    async dispose() {
      link.close();
      await exited;
    },
  };
});
