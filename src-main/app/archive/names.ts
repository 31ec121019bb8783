/** Names and sizes inside a file that Lesion Lab packs, and what may be written because of them. Pure; used by the host. */
import { AppError } from '../../contract/errors.ts';

/** Without the records of zip64, no archive is larger; neither are its files. */
export const LARGEST_ARCHIVE_BYTES = 4 * 1024 ** 3 - 2 ** 20;
export const MOST_ENTRIES = 65_535;

/** Names that Windows keeps for devices, whatever their ending. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const SEGMENT = /^[\w][\w .()+-]*$/;

/**
 * Refuses every name that could leave the folder that it is unpacked into, on any platform: `..`, roots, drives, backslashes,
 * devices, hidden files, names that end with a dot or a space. @throws AppError `corrupt`
 */
export function requireSafePath(path: string): void {
  const isSafe = path
    .split('/')
    .every((segment) => SEGMENT.test(segment) && !/[. ]$/.test(segment) && !DEVICES.test(segment));
  if (!isSafe || path.length > 240) {
    throw new AppError(
      'corrupt',
      `The file holds an entry named ${JSON.stringify(path.slice(0, 100))}, which Lesion Lab never writes and which could lie outside its folder. Nothing was taken from it; ask for the file again where it came from.`,
    );
  }
}
