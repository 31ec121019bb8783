/** A data URL as bytes: the window's content policy shows pictures by blob alone. Pure. */
import { AppError } from '../../src-main/contract/errors.ts';

/** @param url "data:image/png;base64,…" @throws AppError `internal` */
export function blobOfDataUrl(url: string): Blob {
  const [, type, content] = /^data:([\w/+.-]+);base64,(.*)$/s.exec(url) ?? [];
  if (type === undefined || content === undefined) {
    throw new AppError('internal', 'The picture came in a form that cannot be shown.');
  }
  return new Blob([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], { type });
}
