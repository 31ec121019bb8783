/** Every request of the browser host, from top to bottom: who asks, then what for. Runs in the host. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Assets } from '../../app/assets.ts';
import type { RunTransfers } from '../../app/run-transfers.ts';
import { toFailure } from '../../contract/errors.ts';
import { decodeName, pictureIdOf, reportIdOf } from '../picture-files.ts';
import { reportHeaders, securityHeaders } from '../security-headers.ts';
import { type Access, NOT_SIGNED_IN, type Refusal, refuseForeign } from './access.ts';
import { holdPicture, sendPicture } from './pictures.ts';
import { RUN_FILES, receiveRunFile, sendRunFile } from './run-files.ts';
import type { WindowFiles } from './window-files.ts';

export interface Routes {
  readonly access: Access;
  readonly assets: Assets;
  readonly transfers: RunTransfers;
  readonly window: WindowFiles;
  /** A second start of the program asks for a window, or for an address alone. @returns what it is to print. */
  readonly onSecondStart: (printOnly: boolean) => string;
}

export async function answer(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  setHeaders(response, securityHeaders([]));
  try {
    await route(routes, request, response);
  } catch (thrown) {
    sendFailure(response, thrown);
  }
}

async function route(
  { access, assets, transfers, window, onSecondStart }: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '' } = request;
  const [path = '', query = ''] = url.split('?', 2);
  const isReading = method === 'GET' || method === 'HEAD';
  const isSecondStart = method === 'POST' && path === '/second-start';

  const foreign = refuseForeign(request, !isReading && !isSecondStart);
  if (foreign) return refuse(response, foreign);
  const connections = ["'self'", `ws://${request.headers.host}`, ...window.connections];
  setHeaders(response, securityHeaders(connections, window.isDevelopment));

  if (isSecondStart && access.hasControlKey(request)) {
    return sendText(response, 200, onSecondStart(query === 'print'));
  }
  const code = path === '/' && method === 'GET' ? new URLSearchParams(query).get('code') : null;
  if (code !== null) return signIn(access, code, response);

  if (!access.isSignedIn(request)) return refuse(response, NOT_SIGNED_IN);
  if (method === 'POST' && path === '/hold') return holdPicture(assets.privately, request, response);
  if (method === 'POST' && path === '/upload-runs') return receiveRunFile(transfers, request, response);
  if (!isReading)
    return refuse(response, { status: 405, message: `${method} ${path} is not answered here.` });
  if (path.startsWith(RUN_FILES)) {
    return sendRunFile(transfers, decodeName(path.slice(RUN_FILES.length)), method, response);
  }
  const report = reportIdOf(path);
  if (report !== null) {
    const page = assets.privately.read(report);
    setHeaders(response, reportHeaders());
    response.writeHead(200, { 'Content-Length': page.length }).end(method === 'HEAD' ? undefined : page);
    return;
  }
  const picture = pictureIdOf(path);
  if (picture !== null) return sendPicture(assets, picture, request, response);
  if (await window.answer(path, request, response)) return;
  sendText(response, 404, `There is no ${path}.`);
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** The address with the code is left at once for a clean one, which is what a history keeps. */
function signIn(access: Access, code: string, response: ServerResponse): void {
  const cookie = access.spend(code);
  if (cookie) response.writeHead(303, { Location: '/', 'Set-Cookie': cookie }).end();
  else refuse(response, NOT_SIGNED_IN);
}

/** Nothing more of a refused request is read. */
function refuse(response: ServerResponse, { status, message }: Refusal): void {
  response.setHeader('Connection', 'close');
  sendText(response, status, message);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}

/** A failure as data, as on the link. Once an answer has begun, it can only be broken off. */
function sendFailure(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const failure = toFailure(thrown);
  const status = failure.code === 'not-found' ? 404 : failure.code === 'internal' ? 500 : 400;
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(failure));
}
