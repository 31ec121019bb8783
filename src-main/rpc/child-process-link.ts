/**
 * Links over Node's child-process channel: the host's end and the worker's end. Runs in Node hosts and in workers.
 * The host's end closes when the process has ended and everything that it had sent is delivered, and says how it ended.
 */
import type { ChildProcess } from 'node:child_process';
import { type Link, LinkListeners } from './link.ts';

/** The host's end. `reason.details` of onClose has `exitCode` and `signal`. */
export function childProcessLink(child: ChildProcess): Link {
  const listeners = new LinkListeners();
  let ended: { exitCode: number | null; signal: string | null } | null = null;
  const closeWhenDrained = () => {
    if (!ended || child.connected) return;
    listeners.close({ code: 'worker-died', message: describeEnd(ended), details: { ...ended } });
  };
  child.on('message', (message) => listeners.deliver(message));
  child.once('exit', (exitCode, signal) => {
    ended = { exitCode, signal };
    closeWhenDrained();
  });
  child.once('disconnect', closeWhenDrained);
  child.once('error', (error) =>
    listeners.close({
      code: 'worker-died',
      message: `The worker process could not be started: ${error.message}`,
    }),
  );
  return {
    send(message) {
      if (child.connected) child.send(message as object, ignoreClosedChannel);
    },
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
    close() {
      if (child.connected) child.disconnect();
    },
  };
}

/** The worker's end; closes when the host goes away. */
export function parentProcessLink(self: NodeJS.Process = process): Link {
  const listeners = new LinkListeners();
  self.on('message', (message) => listeners.deliver(message));
  self.once('disconnect', () => listeners.close({ code: 'worker-died', message: 'The host went away.' }));
  return {
    send(message) {
      if (self.connected) self.send?.(message, undefined, undefined, ignoreClosedChannel);
    },
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
    close() {
      if (self.connected) self.disconnect?.();
    },
  };
}

/** A channel that breaks while a message is under way is told by onClose; the send itself has nothing to add. */
const ignoreClosedChannel = () => undefined;

function describeEnd({ exitCode, signal }: { exitCode: number | null; signal: string | null }): string {
  return signal
    ? `The worker process was ended by ${signal} before it answered.`
    : `The worker process ended with exit code ${exitCode} before it answered.`;
}
