/**
 * The main process's end of the link to Electron's windows, over one channel. Runs in the main process.
 *
 * Guarantees: only the top frame of a page of our own is heard; each load of a page is a link of its own, which closes when the
 * page is loaded again, goes away or crashes.
 */
import type { IpcMain, IpcMainEvent, WebContents } from 'electron';
import type { BridgePacket } from '../../rpc/bridge-link.ts';
import { type Link, LinkListeners } from '../../rpc/link.ts';

export const CHANNEL = 'lesion-lab';
const CLOSED = { code: 'worker-died', message: 'The window went away.' } as const;

interface OpenPage {
  readonly page: string;
  readonly listeners: LinkListeners;
}

/** @param isOwnPage whether an address is of the window that we ship @param onLink told of each page that is loaded */
export function acceptWindows(
  ipcMain: Pick<IpcMain, 'on'>,
  isOwnPage: (address: string) => boolean,
  onLink: (link: Link) => void,
): void {
  const open = new Map<WebContents, OpenPage>();
  const end = (sender: WebContents) => {
    open.get(sender)?.listeners.close(CLOSED);
    open.delete(sender);
  };

  ipcMain.on(CHANNEL, (event, packet: unknown) => {
    if (!isFromOwnPage(event, isOwnPage) || !isPacket(packet)) return;
    const { sender } = event;
    if (packet.kind === 'open') {
      if (open.has(sender)) end(sender);
      else for (const gone of ['destroyed', 'render-process-gone'] as const) listenOnce(sender, gone, end);
      const listeners = new LinkListeners();
      open.set(sender, { page: packet.page, listeners });
      onLink(pageLink(sender, packet.page, listeners));
    } else if (open.get(sender)?.page === packet.page) {
      if (packet.kind === 'close') end(sender);
      else open.get(sender)?.listeners.deliver(parse(packet.text));
    }
  });
}

function pageLink(sender: WebContents, page: string, listeners: LinkListeners): Link {
  const send = (packet: BridgePacket) => {
    if (!listeners.closed && !sender.isDestroyed()) sender.send(CHANNEL, packet);
  };
  return {
    send: (message) => send({ page, kind: 'message', text: JSON.stringify(message) }),
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
    close() {
      send({ page, kind: 'close' });
      listeners.close(CLOSED);
    },
  };
}

function listenOnce(
  sender: WebContents,
  event: 'destroyed' | 'render-process-gone',
  end: (sender: WebContents) => void,
): void {
  if (event === 'destroyed') sender.once(event, () => end(sender));
  else sender.on(event, () => end(sender));
}

/** A frame is null once it has navigated away: then nobody is to be answered. */
function isFromOwnPage(
  { sender, senderFrame }: IpcMainEvent,
  isOwnPage: (address: string) => boolean,
): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isOwnPage(senderFrame.url);
}

function isPacket(value: unknown): value is BridgePacket {
  if (typeof value !== 'object' || value === null) return false;
  const { page, kind, text } = value as Record<string, unknown>;
  if (typeof page !== 'string') return false;
  return kind === 'open' || kind === 'close' || (kind === 'message' && typeof text === 'string');
}

/** What is no JSON text comes through as it is, and is refused like any message that does not fit. */
function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return text;
  }
}
