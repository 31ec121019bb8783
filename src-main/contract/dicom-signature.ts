/** How a DICOM file begins (PS3.10: a preamble of 128 bytes that may hold anything, then "DICM"). Pure; runs in every process. */
const PREAMBLE_BYTES = 128;
const PREFIX = [0x44, 0x49, 0x43, 0x4d];

/** How much of a file tells. */
export const DICOM_SIGNATURE_BYTES = PREAMBLE_BYTES + PREFIX.length;

/** @param bytes the first of a file, or all */
export function isDicom(bytes: Uint8Array): boolean {
  return PREFIX.every((byte, index) => bytes[PREAMBLE_BYTES + index] === byte);
}
