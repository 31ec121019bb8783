/**
 * A link over an open WebSocket, the same at both ends: a window's own socket, and the host's socket of `ws`, which
 * has the browser's interface. Pure; one text message carries one JSON value.
 */
import { type Link, LinkListeners } from './link.ts';

/** What the link needs of a WebSocket (WHATWG WebSockets Standard). */
export interface Socket {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

const OPEN = 1;
const NORMAL_CLOSURE = 1000;

/** @param socket open already; listened to from now on. */
export function webSocketLink(socket: Socket): Link {
  const listeners = new LinkListeners();
  socket.addEventListener('message', ({ data }) => listeners.deliver(parse(data)));
  socket.addEventListener('close', ({ code }) =>
    listeners.close({
      code: 'worker-died',
      message: 'The connection was closed before the answer came.',
      details: { closeCode: code },
    }),
  );
  // A failing socket always closes next, which tells it all; a listener is needed, or Node ends the process.
  socket.addEventListener('error', () => undefined);
  return {
    send(message) {
      if (socket.readyState === OPEN) socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
    close: () => socket.close(NORMAL_CLOSURE),
  };
}

/** What is no JSON text comes through as it is, and is refused like any message that does not fit. */
function parse(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
