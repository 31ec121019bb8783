/** The browser host over a real application (with the stand-in worker), and requests that can lie about anything. */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type App, createApp } from '../../src-main/app/create-app.ts';
import { silentLog } from '../../src-main/app/log.ts';
import { forkWorker } from '../../src-main/hosts/fork-worker.ts';
import { startWebHost, type WebHost } from '../../src-main/hosts/web/web-host.ts';
import { builtWindow, type WindowFiles } from '../../src-main/hosts/web/window-files.ts';
import { temporaryFolder } from '../store/temporary.ts';

const STAND_IN = fileURLToPath(new URL('../app/fixtures/stand-in-worker.ts', import.meta.url));

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Asking {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array;
}

export interface OpenedHost {
  readonly app: App;
  readonly host: WebHost;
  readonly dataFolder: string;
  readonly origin: string;
  ask(asking: Asking): Promise<Reply>;
  /** The cookie of a window that was opened as it should be. */
  signIn(): Promise<string>;
}

/** @param behaviour of the stand-in worker @param given files of the window, in place of three made up ones */
export async function openHost(behaviour = 'train', given?: WindowFiles): Promise<OpenedHost> {
  const dataFolder = temporaryFolder();
  const renderer = temporaryFolder();
  mkdirSync(join(renderer, 'assets'));
  writeFileSync(join(renderer, 'index.html'), '<!doctype html><title>Lesion Lab</title>');
  writeFileSync(join(renderer, 'assets', 'index-1a2b.js'), 'export {};');
  writeFileSync(join(renderer, 'notes.txt'), 'of no type that is served');
  const app = createApp({
    dataFolder,
    version: '0.1.0',
    openLog: silentLog,
    spawnWorker: (environment) => forkWorker({ ...environment, STAND_IN: behaviour }, STAND_IN),
  });
  const window = given ?? builtWindow(renderer);
  const host = await startWebHost({ app, window, port: 0, onSecondStart: () => 'a window was opened' });
  onTestFinished(async () => {
    await app.close();
    await host.close();
  });
  const ask = (asking: Asking) => send(host.port, asking);
  const signIn = async () => {
    const { search } = new URL(host.newAddress());
    const { headers } = await ask({ path: `/${search}` });
    return headers['set-cookie']![0]!.split(';')[0]!;
  };
  return { app, host, dataFolder, origin: `http://127.0.0.1:${host.port}`, ask, signIn };
}

async function send(
  port: number,
  { path = '/', method = 'GET', headers = {}, body }: Asking,
): Promise<Reply> {
  const outgoing = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false });
  outgoing.end(body);
  const [response] = await once(outgoing, 'response');
  // A host that has answered need not read the rest of what is sent.
  outgoing.on('error', () => undefined);
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}
