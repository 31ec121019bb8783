/** Pictures over HTTP: `POST /upload` takes one and names it, `GET /pictures/<id>` gives one by its name. Runs in the host. */
import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type Assets, LARGEST_UPLOAD_BYTES, tooLarge } from '../../app/assets.ts';
import { onlyPicture, typeOfPicture } from '../picture-files.ts';

/** Answers `{"asset": id}`. @throws AppError `bad-input` (too large), `bad-image` (no picture), `disk-full` */
export async function receivePicture(
  assets: Assets,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_UPLOAD_BYTES) throw tooLarge();
  // The request outlives a refusal, so that the answer still reaches its sender.
  const bytes = request.iterator({ destroyOnReturn: false });
  const asset = await assets.receive(onlyPicture(bytes));
  response.setHeader('Content-Type', 'application/json');
  response.writeHead(201).end(JSON.stringify({ asset }));
}

/** @throws AppError `not-found` */
export async function sendPicture(
  assets: Assets,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const file = await assets.fileOf(id, gone.signal);
  response.setHeader('Content-Type', await typeOfPicture(file, id));
  response.writeHead(200);
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file), response);
}
