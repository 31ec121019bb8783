/**
 * Named float32 arrays in one file, in the safetensors format (Hugging Face): 8 bytes header length, a JSON header with
 * type, shape and byte range of each, then the bytes. Runs in the worker.
 */
import { AppError } from '../contract/errors.ts';
import type { NamedWeights, WeightArray } from './named-weights.ts';

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const LARGEST_HEADER_BYTES = 100_000_000;

export function encodeSafetensors(weights: NamedWeights): Buffer {
  const header: Record<string, HeaderEntry> = {};
  let end = 0;
  for (const [name, { shape, values }] of weights) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = JSON.stringify(header);
  const json = Buffer.from(text.padEnd(Math.ceil(Buffer.byteLength(text) / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const arrays = [...weights.values()].map(({ values }) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  return Buffer.concat([length, json, ...arrays]);
}

/** @throws AppError `corrupt` naming `source` when the bytes are not whole or hold another type than float32. */
export function decodeSafetensors(bytes: Buffer, source: string): NamedWeights {
  const corrupt = (reason: string) =>
    new AppError('corrupt', `${source} is not a whole safetensors file: ${reason}.`);
  if (bytes.length < 8) throw corrupt(`it has ${bytes.length} bytes`);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  if (headerLength > LARGEST_HEADER_BYTES || 8 + headerLength > bytes.length)
    throw corrupt('its header is cut off');
  const header = parseHeader(bytes.subarray(8, 8 + headerLength).toString('utf8'), corrupt);
  const data = bytes.subarray(8 + headerLength);
  const weights = new Map<string, WeightArray>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [from, to] = entry.data_offsets;
    const size = entry.shape.reduce((product, length) => product * length, 1);
    if (entry.dtype !== 'F32') throw corrupt(`"${name}" is ${entry.dtype}, not F32`);
    if (to > data.length || to - from !== size * 4) throw corrupt(`"${name}" should have ${size * 4} bytes`);
    const values = new Float32Array(size);
    Buffer.from(values.buffer).set(data.subarray(from, to));
    weights.set(name, { shape: entry.shape, values });
  }
  return weights;
}

function parseHeader(text: string, corrupt: (reason: string) => AppError): Record<string, HeaderEntry> {
  try {
    return JSON.parse(text) as Record<string, HeaderEntry>;
  } catch {
    throw corrupt('its header is not JSON');
  }
}
