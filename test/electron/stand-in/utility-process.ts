/** Electron's utility process as a child of Node with a channel that looks like its own. Written from electron.d.ts. */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import type Electron from 'electron';

const CHILD = fileURLToPath(new URL('utility-child.ts', import.meta.url));

type Used = 'kill' | 'postMessage' | 'pid' | 'stderr';

export class StandInUtilityProcess extends EventEmitter implements Pick<Electron.UtilityProcess, Used> {
  pid: number | undefined;
  readonly stderr: NodeJS.ReadableStream | null;
  readonly #child: ChildProcess;

  constructor(modulePath: string, args: string[], { env, stdio }: Electron.ForkOptions) {
    super();
    if (Array.isArray(stdio) && stdio[0] !== 'ignore')
      throw new Error('stdin value other than ignore is not supported.');
    const [, out = 'inherit', err = 'inherit'] = Array.isArray(stdio) ? stdio : [];
    this.#child = fork(CHILD, [modulePath, ...args], {
      env: env as NodeJS.ProcessEnv,
      execArgv: [],
      stdio: ['ignore', out, err, 'ipc'],
      serialization: 'advanced',
    });
    this.stderr = this.#child.stderr;
    this.#child.once('spawn', () => {
      this.pid = this.#child.pid;
      this.emit('spawn');
    });
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.once('close', (code, signal) => {
      this.pid = undefined;
      this.emit('exit', signal ? constants.signals[signal] : code);
    });
  }

  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send({ message });
  }
  kill(): boolean {
    return this.#child.kill('SIGTERM');
  }
}
