/**
 * The whole interface of a transport: JSON values go in at one end and come out at the other, in order. Pure; runs in
 * every process. Electron IPC, WebSocket, a child process and an in-memory pair each implement it.
 */
import type { Failure } from '../contract/errors.ts';

export interface Link {
  /** Sends a JSON value. Never throws; what is sent on a closed link is dropped. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when either end closes or dies; at once when the link is closed already. */
  onClose(listener: (reason: Failure) => void): void;
  /** Closes both ends. Closing twice does nothing. */
  close(): void;
}

/** Keeps the listeners of a link and guarantees that closing is told once. */
export class LinkListeners {
  readonly #message: ((message: unknown) => void)[] = [];
  readonly #close: ((reason: Failure) => void)[] = [];
  #closedBy: Failure | null = null;

  get closed(): boolean {
    return this.#closedBy !== null;
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#message.push(listener);
  }

  onClose(listener: (reason: Failure) => void): void {
    if (this.#closedBy) listener(this.#closedBy);
    else this.#close.push(listener);
  }

  deliver(message: unknown): void {
    if (!this.closed) for (const listener of this.#message) listener(message);
  }

  close(reason: Failure): void {
    if (this.closed) return;
    this.#closedBy = reason;
    for (const listener of this.#close) listener(reason);
  }
}
