/**
 * Links over Electron's channel to a utility process: the host's end and the worker's end. Pure. That channel has no closing
 * of its own, so closing is a packet; a utility process never outlives its host.
 */
import { type Link, LinkListeners } from './link.ts';

/** What the host's end needs of Electron's UtilityProcess. */
export interface UtilityChild {
  postMessage(packet: unknown): void;
  on(event: 'message', listener: (packet: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
}

/** What the worker's end needs of `process.parentPort`. */
export interface ParentPort {
  postMessage(packet: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
}

type Packet = { readonly kind: 'message'; readonly body: unknown } | { readonly kind: 'close' };

const SIGKILL = 9;

/** The host's end; closes when the process has ended. `reason.details` of onClose has `exitCode` and `signal`. */
export function utilityProcessLink(child: UtilityChild): Link {
  const listeners = new LinkListeners();
  let isClosing = false;
  child.on('message', (packet) => deliver(listeners, packet));
  child.on('exit', (code) =>
    listeners.close({
      code: 'worker-died',
      message: `The worker process ended with exit code ${code} before it answered.`,
      // What waitpid gives, on systems that have it.
      details: { exitCode: code, signal: code === SIGKILL ? 'SIGKILL' : null },
    }),
  );
  return {
    send(message) {
      if (!listeners.closed && !isClosing) child.postMessage({ kind: 'message', body: message });
    },
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
    close() {
      if (listeners.closed || isClosing) return;
      isClosing = true;
      child.postMessage({ kind: 'close' });
    },
  };
}

/** The worker's end. */
export function parentPortLink(port: ParentPort): Link {
  const listeners = new LinkListeners();
  const close = () => listeners.close({ code: 'worker-died', message: 'The host went away.' });
  port.on('message', ({ data }) => {
    if ((data as Packet | null)?.kind === 'close') close();
    else deliver(listeners, data);
  });
  return {
    send(message) {
      if (!listeners.closed) port.postMessage({ kind: 'message', body: message });
    },
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
    close,
  };
}

function deliver(listeners: LinkListeners, packet: unknown): void {
  const read = packet as Packet | null;
  if (read?.kind === 'message') listeners.deliver(read.body);
}
