/**
 * Serves what the product's protocol handler answers to a real Chromium, which knows no `app://`: `app://lesion-lab/` is a local
 * address of the same name there, and back again.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

const SUFFIX = '.app.localhost';

export class StandInPages {
  readonly #server: Server;

  constructor(answer: (request: Request) => Promise<Response>) {
    this.#server = createServer((request, response) => void this.#forward(answer, request, response));
  }

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** "app://lesion-lab/a" → what Chromium is told. */
  toBrowser(address: string): string {
    const { hostname, pathname, search, hash } = new URL(address);
    return `http://${hostname}${SUFFIX}:${this.#port}${pathname}${search}${hash}`;
  }
  /** The way back; other addresses stay as they are. */
  fromBrowser(address: string): string {
    const { hostname, port, pathname, search, hash } = new URL(address);
    const isOurs = hostname.endsWith(SUFFIX) && Number(port) === this.#port;
    return isOurs ? `app://${hostname.slice(0, -SUFFIX.length)}${pathname}${search}${hash}` : address;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #forward(
    answer: (request: Request) => Promise<Response>,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<void> {
    const address = this.fromBrowser(`http://${incoming.headers.host}${incoming.url}`);
    const hasBody = incoming.method !== 'GET' && incoming.method !== 'HEAD';
    const body = hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' } : {};
    const {
      status,
      headers,
      body: answered,
    } = await answer(new Request(address, { method: incoming.method ?? 'GET', ...body } as RequestInit));
    outgoing.writeHead(status, Object.fromEntries(headers));
    for await (const chunk of answered ?? []) outgoing.write(chunk);
    outgoing.end();
  }
}
