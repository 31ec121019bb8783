/** Writes small DICOM files (PS3.10, PS3.5 section 7), for the tests of reading them. Its files were read back with pydicom. */

export const EXPLICIT = '1.2.840.10008.1.2.1';
export const IMPLICIT = '1.2.840.10008.1.2';
export const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
export const DERMOSCOPIC = '1.2.840.10008.5.1.4.1.1.77.1.7';

/** By tag, "gggg,eeee": value representation, and text, a number, bytes, or items of a sequence. */
export type Elements = Readonly<Record<string, readonly [vr: string, value: Value] | null>>;
type Value = string | number | Uint8Array | readonly Elements[];

export interface Pixels {
  readonly data: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly coding: string;
}

/** What every test file has, invented; a test replaces or (null) drops elements. */
export const PATIENT: Elements = {
  '0008,0005': ['CS', 'ISO_IR 100'],
  '0008,0020': ['DA', '20240229'],
  '0010,0010': ['PN', 'Quillfeather^Zenobia^^Dr'],
  '0010,0020': ['LO', 'PX-4711'],
  '0010,0030': ['DA', '19610704'],
  '0010,0040': ['CS', 'F'],
  '0010,1010': ['AS', '062Y'],
  '0018,0015': ['CS', 'BACK'],
};

export function dicomFile(
  { data, widthPx, heightPx, coding }: Pixels,
  { syntax = EXPLICIT, change = {} }: { syntax?: string; change?: Elements } = {},
): Buffer {
  const samples = coding === 'MONOCHROME2' || coding === 'PALETTE COLOR' ? 1 : 3;
  const isEncapsulated = syntax !== EXPLICIT && syntax !== IMPLICIT;
  const elements: Elements = {
    '0008,0016': ['UI', DERMOSCOPIC],
    '0008,0018': ['UI', '1.2.3.4.5'],
    '0008,0060': ['CS', 'DMS'],
    ...PATIENT,
    '0020,000d': ['UI', '1.2.3.4.6'],
    '0020,000e': ['UI', '1.2.3.4.7'],
    '0028,0002': ['US', samples],
    '0028,0004': ['CS', coding],
    ...(samples === 3 ? { '0028,0006': ['US', 0] } : {}),
    '0028,0010': ['US', heightPx],
    '0028,0011': ['US', widthPx],
    '0028,0100': ['US', 8],
    '0028,0101': ['US', 8],
    '0028,0102': ['US', 7],
    '0028,0103': ['US', 0],
    '7fe0,0010': [isEncapsulated ? 'encapsulated' : 'OB', data],
    ...change,
  };
  const meta = encoded(
    {
      '0002,0001': ['OB', Uint8Array.of(0, 1)],
      '0002,0002': ['UI', DERMOSCOPIC],
      '0002,0003': ['UI', '1.2.3.4.5'],
      '0002,0010': ['UI', syntax],
      '0002,0012': ['UI', '1.2.3'],
    },
    true,
  );
  const length = encoded({ '0002,0000': ['UL', meta.length] }, true);
  const body = encoded(elements, syntax !== IMPLICIT);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), length, meta, body]);
}

/** Each frame in a fragment of its own, or in several. */
export function fragments(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts.map((part) => item(padded(part, 0))));
}

function encoded(elements: Elements, isExplicit: boolean): Buffer {
  const tags = Object.keys(elements).sort();
  return Buffer.concat(
    tags.flatMap((tag) => {
      const element = elements[tag];
      return element ? [elementOf(tag, element[0], element[1], isExplicit)] : [];
    }),
  );
}

function elementOf(tag: string, vr: string, value: Value, isExplicit: boolean): Buffer {
  const head = tagBytes(tag);
  if (vr === 'encapsulated') {
    const offsets = item(Buffer.alloc(0));
    const end = Buffer.concat([tagBytes('fffe,e0dd'), uint32(0)]);
    return Buffer.concat([
      head,
      Buffer.from('OB\0\0'),
      uint32(0xffffffff),
      offsets,
      value as Uint8Array,
      end,
    ]);
  }
  const content = contentOf(vr, value, isExplicit);
  if (!isExplicit) return Buffer.concat([head, uint32(content.length), content]);
  const isLong = ['OB', 'OW', 'SQ', 'UN', 'UT'].includes(vr);
  const length = isLong
    ? Buffer.concat([Buffer.from(`${vr}\0\0`), uint32(content.length)])
    : Buffer.concat([Buffer.from(vr), uint16(content.length)]);
  return Buffer.concat([head, length, content]);
}

function contentOf(vr: string, value: Value, isExplicit: boolean): Buffer {
  if (typeof value === 'number') return vr === 'UL' ? uint32(value) : uint16(value);
  if (typeof value === 'string') return padded(Buffer.from(value, 'latin1'), vr === 'UI' ? 0 : 0x20);
  if (value instanceof Uint8Array) return padded(value, vr === 'OB' || vr === 'OW' ? 0 : 0x20);
  return Buffer.concat(value.map((elements) => item(encoded(elements, isExplicit))));
}

function item(content: Uint8Array): Buffer {
  return Buffer.concat([tagBytes('fffe,e000'), uint32(content.length), content]);
}

function tagBytes(tag: string): Buffer {
  const [group, element] = tag.split(',').map((part) => uint16(Number.parseInt(part, 16)));
  return Buffer.concat([group!, element!]);
}

function padded(bytes: Uint8Array, filler: number): Buffer {
  return bytes.length % 2 === 0 ? Buffer.from(bytes) : Buffer.concat([bytes, Buffer.of(filler)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
