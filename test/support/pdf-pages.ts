/** What there is to count in a PDF without a reader of it. */
import { inflateSync } from 'node:zlib';

/** Objects of the kind `/Page`, in the file itself and in its packed streams (ISO 32000-1, 7.7.3.3 and 7.5.7). */
export function pdfPages(pdf: Buffer): number {
  const plain = pdf.toString('latin1');
  const packed = [...plain.matchAll(/stream\r?\n/g)].map(({ index, 0: opening }) => {
    const start = index + opening.length;
    try {
      return inflateSync(pdf.subarray(start, plain.indexOf('endstream', start))).toString('latin1');
    } catch {
      return ''; // a picture, or not packed this way
    }
  });
  return [plain, ...packed].reduce(
    (pages, text) => pages + (text.match(/\/Type\s*\/Page(?![a-zA-Z])/g)?.length ?? 0),
    0,
  );
}
