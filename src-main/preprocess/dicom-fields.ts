/**
 * What a DICOM file says of patient and picture, as plain values. Pure; runs in the worker. Values are personal: they go to the
 * screen, and are kept only when asked; nothing here throws or warns with one.
 *
 * Formats: PS3.5 6.2 (value representations). What is absent or not of its format is null.
 */
import type { DataSet, Element } from 'dicom-parser';

export interface DicomFields {
  readonly patient: {
    readonly name: string | null;
    readonly id: string | null;
    /** YYYY-MM-DD */
    readonly birthDate: string | null;
    readonly sex: 'female' | 'male' | 'other' | null;
    /** Whole years at the time of the study. */
    readonly age: number | null;
  };
  /** YYYY-MM-DD */
  readonly studyDate: string | null;
  /** Of the anatomic region, in the file's words, or the body part examined. */
  readonly bodySite: string | null;
  readonly burnedInAnnotation: 'yes' | 'no' | 'unknown';
}

/** Defined terms of (0008,0005) without code extensions (PS3.3 C.12.1.1.2), as the Encoding Standard names them. */
const CHARACTER_SETS: Readonly<Record<string, string>> = {
  '': 'ascii',
  'ISO_IR 6': 'ascii',
  'ISO_IR 100': 'iso-8859-1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'iso-8859-9',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

const ASCII = /^[\x20-\x7e]*$/;
const SEXES = { F: 'female', M: 'male', O: 'other' } as const;
const UNITS_IN_A_YEAR = { Y: 1, M: 12, W: 365.25 / 7, D: 365.25 } as const;

export function readDicomFields(dataSet: DataSet): { fields: DicomFields; warnings: string[] } {
  const characterSet = CHARACTER_SETS[dataSet.string('x00080005') ?? ''];
  const unreadable: string[] = [];
  const text = (source: DataSet, tag: string): string | null => {
    const element = source.elements[tag];
    if (!element) return null;
    const value = decoded(bytesOf(source, element), characterSet);
    if (value === null) unreadable.push(tag);
    return value || null;
  };
  const region = dataSet.elements.x00082218?.items?.[0]?.dataSet;
  const fields: DicomFields = {
    patient: {
      name: personName(text(dataSet, 'x00100010')),
      id: text(dataSet, 'x00100020'),
      birthDate: isoDate(dataSet.string('x00100030')),
      sex: SEXES[dataSet.string('x00100040') as keyof typeof SEXES] ?? null,
      age: years(dataSet.string('x00101010')),
    },
    studyDate: isoDate(dataSet.string('x00080020')),
    bodySite: (region && text(region, 'x00080104')) ?? text(dataSet, 'x00180015'),
    burnedInAnnotation: ({ YES: 'yes', NO: 'no' } as const)[dataSet.string('x00280301') ?? ''] ?? 'unknown',
  };
  const warnings =
    unreadable.length > 0
      ? ['Some text of the file is in characters that cannot be read here; it is left out.']
      : [];
  return { fields, warnings };
}

/** Null where the bytes are not of the character set, or the set is not known and they are more than ASCII. */
function decoded(bytes: Uint8Array, characterSet: string | undefined): string | null {
  const plain = Buffer.from(bytes).toString('latin1');
  if (ASCII.test(plain.replace(/\0+$/, ''))) return trimmed(plain);
  if (characterSet === undefined || characterSet === 'ascii') return null;
  try {
    return trimmed(new TextDecoder(characterSet, { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

/** Values are padded to an even length, with a space or a zero. */
function trimmed(text: string): string {
  return text.replace(/\0+$/, '').trim();
}

/** "Family^Given^Middle^Prefix^Suffix", of up to three spellings after "=" the first → "Prefix Given Middle Family Suffix". */
function personName(value: string | null): string | null {
  if (value === null) return null;
  const [family, given, middle, prefix, suffix] =
    value
      .split('=')
      .find((group) => group !== '')
      ?.split('^') ?? [];
  const parts = [prefix, given, middle, family, suffix].map((part) => part?.trim()).filter(Boolean);
  return parts.join(' ') || null;
}

/** "20240229" (or "2024.02.29" of old files) → "2024-02-29"; null for a day that there is not. */
function isoDate(value: string | undefined): string | null {
  const [, year, month, day] = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(value ?? '') ?? [];
  if (!year) return null;
  const iso = `${year}-${month}-${day}`;
  const time = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== iso ? null : iso;
}

/** "045Y", "018M", "006W", "003D" → whole years. */
function years(value: string | undefined): number | null {
  const [, count, unit] = /^(\d{3})([YMWD])$/.exec(value ?? '') ?? [];
  return unit ? Math.floor(Number(count) / UNITS_IN_A_YEAR[unit as keyof typeof UNITS_IN_A_YEAR]) : null;
}

function bytesOf(dataSet: DataSet, { dataOffset, length }: Element): Uint8Array {
  return dataSet.byteArray.subarray(dataOffset, dataOffset + length);
}
