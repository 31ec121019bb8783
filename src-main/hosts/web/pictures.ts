/** Pictures over HTTP: `POST /upload` takes one and names it, `GET /pictures/<id>` gives one by its name. Runs in the host. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type Assets, LARGEST_UPLOAD_BYTES, tooLarge } from '../../app/assets.ts';
import { AppError } from '../../contract/errors.ts';
import { pictureType, SIGNATURE_BYTES } from './picture-type.ts';

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
  const file = assets.fileOf(id);
  const type = await typeOfFile(file);
  if (!type) throw new AppError('not-found', `"${id}" is no picture.`);
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'private, max-age=3600');
  response.writeHead(200);
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file), response);
}

/** Passes the bytes on once the first of them are those of a picture. */
async function* onlyPicture(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (!head) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < SIGNATURE_BYTES) continue;
    if (!pictureType(head)) throw notAPicture();
    yield head;
    head = null;
  }
  if (head) throw notAPicture();
}

const notAPicture = () =>
  new AppError('bad-image', 'The file is not a JPEG, PNG, WebP or TIFF picture. Choose another file.');

async function typeOfFile(file: string): Promise<string | null> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0);
    return pictureType(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}
