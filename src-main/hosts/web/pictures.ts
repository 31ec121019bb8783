/**
 * Pictures over HTTP: `POST /hold` takes a patient's, which no file holds, and names it, `GET /pictures/<id>` gives one by its name.
 * Runs in the host.
 */
import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Assets } from '../../app/assets.ts';
import type { PrivatePictures } from '../../app/private-pictures.ts';
import { LARGEST_UPLOAD_BYTES, tooLarge } from '../../app/upload-limit.ts';
import { onlyClinicalPicture, typeOfPicture } from '../picture-files.ts';
import { pictureType } from '../picture-type.ts';

/** Answers `{"asset": id}`. @throws AppError `bad-input` (too large), `bad-image` (no picture) */
export async function holdPicture(
  pictures: PrivatePictures,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_UPLOAD_BYTES) throw tooLarge();
  // The request outlives a refusal, so that the answer still reaches its sender.
  const bytes = request.iterator({ destroyOnReturn: false });
  const asset = await pictures.hold(onlyClinicalPicture(bytes));
  response.setHeader('Content-Type', 'application/json');
  response.writeHead(201).end(JSON.stringify({ asset }));
}

/** @throws AppError `not-found`, `cases-locked` */
export async function sendPicture(
  assets: Assets,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (assets.privately.owns(id)) return sendPrivately(assets.privately.read(id), request, response);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const file = await assets.fileOf(id, gone.signal);
  response.setHeader('Content-Type', await typeOfPicture(file, id));
  response.writeHead(200);
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file), response);
}

function sendPrivately(bytes: Buffer, { method }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Content-Type', pictureType(bytes) ?? 'application/octet-stream');
  response.writeHead(200, { 'Content-Length': bytes.length });
  response.end(method === 'HEAD' ? undefined : bytes);
}
