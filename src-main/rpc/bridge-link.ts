/**
 * A window's end of the link to Electron's main process, over the bridge that the preload script puts into the page.
 * Pure. Every load of the page is a link of its own, named by a token, so that nothing meant for the page before a reload
 * reaches the one after it. Bodies travel as JSON text, as over a WebSocket.
 */
import { type Link, LinkListeners } from './link.ts';

export interface BridgePacket {
  /** Of one load of a page. */
  readonly page: string;
  readonly kind: 'open' | 'message' | 'close';
  /** JSON, of a message. */
  readonly text?: string;
}

/** What the link needs of the preload's bridge. */
export interface Bridge {
  send(packet: BridgePacket): void;
  onPacket(listener: (packet: BridgePacket) => void): void;
}

/** Opens the link: the host begins to answer. */
export function bridgeLink(bridge: Bridge): Link {
  const listeners = new LinkListeners();
  const page = crypto.randomUUID();
  const close = () =>
    listeners.close({ code: 'worker-died', message: 'The connection was closed before the answer came.' });
  bridge.onPacket((packet) => {
    if (packet.page !== page) return;
    if (packet.kind === 'close') close();
    else if (packet.kind === 'message') listeners.deliver(JSON.parse(packet.text ?? 'null'));
  });
  bridge.send({ page, kind: 'open' });
  return {
    send(message) {
      if (!listeners.closed) bridge.send({ page, kind: 'message', text: JSON.stringify(message) });
    },
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
    close() {
      if (listeners.closed) return;
      bridge.send({ page, kind: 'close' });
      close();
    },
  };
}
