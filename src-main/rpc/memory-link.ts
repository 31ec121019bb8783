/**
 * Two ends of a link inside one process: the command line's way to the app, and the tests'. Pure. Messages are copied
 * as JSON and delivered later in order, so that nothing works here that would fail on a real transport.
 */
import { type Link, LinkListeners } from './link.ts';

const CLOSED = { code: 'worker-died', message: 'The connection was closed before the answer came.' } as const;

/** @returns the two ends; what is sent on one comes out of the other. */
export function memoryLinkPair(): [Link, Link] {
  const left = new LinkListeners();
  const right = new LinkListeners();
  const close = () => {
    left.close(CLOSED);
    right.close(CLOSED);
  };
  return [memoryEnd(left, right, close), memoryEnd(right, left, close)];
}

function memoryEnd(own: LinkListeners, other: LinkListeners, close: () => void): Link {
  return {
    send(message) {
      if (own.closed) return;
      const text = JSON.stringify(message);
      queueMicrotask(() => other.deliver(JSON.parse(text)));
    },
    onMessage: (listener) => own.onMessage(listener),
    onClose: (listener) => own.onClose(listener),
    close,
  };
}
