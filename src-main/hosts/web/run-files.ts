/** Files of runs over HTTP: `POST /upload-runs` takes one and names it, `GET /run-files/<id>` gives one that was packed. Runs in the host. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { RunTransfers } from '../../app/run-transfers.ts';

export const RUN_FILES = '/run-files/';

/** Answers `{"asset": id}`. @throws AppError `bad-input` (larger than any file of runs), `disk-full` */
export async function receiveRunFile(
  transfers: RunTransfers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // The request outlives a refusal, so that the answer still reaches its sender.
  const asset = await transfers.receive(request.iterator({ destroyOnReturn: false }));
  response.setHeader('Content-Type', 'application/json');
  response.writeHead(201).end(JSON.stringify({ asset }));
}

/** @throws AppError `not-found` */
export async function sendRunFile(
  transfers: RunTransfers,
  asset: string,
  method: string,
  response: ServerResponse,
): Promise<void> {
  const { path, name } = transfers.fileOf(asset);
  response.setHeader('Content-Type', 'application/zip');
  response.setHeader('Content-Disposition', `attachment; filename="${name}"`);
  response.writeHead(200, { 'Content-Length': (await stat(path)).size });
  if (method === 'HEAD') response.end();
  else await pipeline(createReadStream(path), response);
}
