/**
 * The browser host: serves the built window and the application's link on 127.0.0.1 to windows that were opened with a
 * launch code (access.ts). Every other request is refused. Runs in the host process.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { App } from '../../app/create-app.ts';
import { webSocketLink } from '../../rpc/web-socket-link.ts';
import { Access, NOT_SIGNED_IN, type Refusal, refuseForeign } from './access.ts';
import { answer, type Routes } from './routes.ts';
import type { WindowFiles } from './window-files.ts';

export interface WebHostOptions {
  readonly app: Pick<App, 'attach' | 'assets' | 'transfers'>;
  readonly window: WindowFiles;
  /** 0: any free one. */
  readonly port: number;
  readonly onSecondStart: Routes['onSecondStart'];
  /** Told how many windows are attached, whenever that changes. */
  readonly onWindows?: (count: number) => void;
}

export interface WebHost {
  readonly port: number;
  /** Shown by a second start; kept where only this user can read it. */
  readonly controlKey: string;
  /** An address that opens one window, once. */
  newAddress(): string;
  close(): Promise<void>;
}

const LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024;
const GOING_AWAY = 1001;
const CLOSE_GRACE_MS = 1_000;
const NO_SUCH_SOCKET: Refusal = { status: 403, message: 'There is no socket of this name.' };

/** @throws NodeJS.ErrnoException `EADDRINUSE` when the port is taken. */
export async function startWebHost({ app, ...options }: WebHostOptions): Promise<WebHost> {
  const access = new Access();
  const { assets, transfers } = app;
  const { window, onSecondStart } = options;
  const routes: Routes = { access, window, assets, transfers, onSecondStart };
  const server = createServer((request, response) => void answer(routes, request, response));

  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE_BYTES });
  const tellWindows = () => options.onWindows?.(sockets.clients.size);
  server.on('upgrade', (request, stream, head) => {
    const refusal = refuseWindow(access, request);
    if (refusal) return refuseUpgrade(stream, refusal);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      app.attach(webSocketLink(socket));
      tellWindows();
      socket.on('close', tellWindows);
    });
  });

  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    controlKey: access.controlKey,
    newAddress: () => `http://127.0.0.1:${port}/?code=${access.newLaunchCode()}`,
    async close() {
      for (const socket of sockets.clients) {
        socket.close(GOING_AWAY);
        setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
      }
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await window.close();
    },
  };
}

function refuseWindow(access: Access, request: IncomingMessage): Refusal | null {
  if (request.url !== '/api') return NO_SUCH_SOCKET;
  return refuseForeign(request, true) ?? (access.isSignedIn(request) ? null : NOT_SIGNED_IN);
}

function refuseUpgrade(stream: Duplex, { status, message }: Refusal): void {
  stream.on('error', () => stream.destroy());
  stream.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  );
}
