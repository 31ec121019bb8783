/**
 * The window's files and the pictures, under `app://lesion-lab/`: the same paths that the browser host answers, so that the window
 * does not know which host it has. Runs in the main process.
 */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { CustomScheme } from 'electron';
import type { Assets } from '../../app/assets.ts';
import { toFailure } from '../../contract/errors.ts';
import { onlyClinicalPicture, pictureIdOf, reportIdOf, typeOfPicture } from '../picture-files.ts';
import { pictureType } from '../picture-type.ts';
import { reportHeaders, securityHeaders } from '../security-headers.ts';
import type { StaticFile } from '../static-files.ts';

export const PAGE = 'app://lesion-lab/';

/** To be registered before the app is ready: a secure origin of its own, as a web server's is. */
export const SCHEME: CustomScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
};

export function isOwnPage(address: string): boolean {
  const { protocol, host } = URL.parse(address) ?? {};
  return protocol === 'app:' && host === 'lesion-lab';
}

export interface ProtocolOptions {
  readonly assets: Assets;
  /** The built window. */
  readonly files: ReadonlyMap<string, Pick<StaticFile, 'type' | 'read'>>;
  /** Address of a developer's server, which has the window's source in place of these files; null in the product. */
  readonly devServer: string | null;
}

/** Answers one request; never throws. */
export async function answerPage(options: ProtocolOptions, request: Request): Promise<Response> {
  try {
    const report = reportOf(options.assets, request);
    return report ?? withHeaders(await route(options, request), options.devServer);
  } catch (thrown) {
    const failure = toFailure(thrown);
    const status = failure.code === 'not-found' ? 404 : failure.code === 'internal' ? 500 : 400;
    return withHeaders(Response.json(failure, { status }), null);
  }
}

/** Null where none is asked for. @throws AppError `not-found` */
function reportOf(assets: Assets, { method, url }: Request): Response | null {
  const id = method === 'GET' && isOwnPage(url) ? reportIdOf(new URL(url).pathname) : null;
  if (id === null) return null;
  return new Response(new Uint8Array(assets.privately.read(id)), { headers: reportHeaders() });
}

async function route({ assets, files, devServer }: ProtocolOptions, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (!isOwnPage(request.url)) return new Response('There is no such host.', { status: 404 });
  if (request.method === 'POST' && pathname === '/hold') {
    const asset = await assets.privately.hold(onlyClinicalPicture(bytesOf(request)));
    return Response.json({ asset }, { status: 201 });
  }
  const picture = pictureIdOf(pathname);
  if (request.method !== 'GET') return new Response('This is not answered here.', { status: 405 });
  if (picture !== null) return sendPicture(assets, picture, request.signal);
  if (devServer) return copyOf(await fetch(new URL(pathname + search, devServer)));
  const file = files.get(pathname);
  if (file)
    return new Response(new Uint8Array(await file.read()), { headers: { 'Content-Type': file.type } });
  return new Response(`There is no ${pathname}.`, { status: 404 });
}

async function sendPicture(assets: Assets, id: string, signal: AbortSignal): Promise<Response> {
  if (assets.privately.owns(id)) {
    const bytes = assets.privately.read(id);
    const type = pictureType(bytes) ?? 'application/octet-stream';
    return new Response(new Uint8Array(bytes), { headers: { 'Content-Type': type } });
  }
  const path = await assets.fileOf(id, signal);
  const type = await typeOfPicture(path, id);
  const stream = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
  return new Response(stream, { headers: { 'Content-Type': type } });
}

async function* bytesOf(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body) yield* request.body as unknown as AsyncIterable<Uint8Array>;
}

/** With headers that can be set. */
const copyOf = ({ body, status, headers }: Response): Response =>
  new Response(body, { status, headers: [...headers] });

function withHeaders(response: Response, devServer: string | null): Response {
  const connections = ["'self'", ...(devServer ? [socketOf(devServer)] : [])];
  const headers = securityHeaders(connections, devServer !== null);
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

/** Where a developer's server tells of changes. */
export const socketOf = (devServer: string): string => new URL(devServer).origin.replace(/^http/, 'ws');
