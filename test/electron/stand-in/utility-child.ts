/** Inside the stand-in for a utility process: puts `process.parentPort` in place, then runs the module that was asked for. */
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';

class StandInParentPort extends EventEmitter {
  readonly #waiting: unknown[] = [];

  constructor() {
    super();
    process.on('message', ({ message }: { message: unknown }) => this.#receive(message));
    this.on('newListener', (event) => {
      if (event === 'message') queueMicrotask(() => this.#flush());
    });
  }
  postMessage(message: unknown): void {
    process.send?.(message);
  }
  /** What comes before anybody listens waits. */
  #receive(message: unknown): void {
    this.#waiting.push(message);
    if (this.listenerCount('message') > 0) this.#flush();
  }
  #flush(): void {
    for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] });
  }
}

Object.defineProperty(process, 'parentPort', { value: new StandInParentPort() });
process.once('disconnect', () => process.exit());
// As there: the module stands where this file's own name stood.
process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1]!).href);
