/** What the data folder takes, by what it is for, and what its disk still has. Pure (zod only). */
import { z } from 'zod';

/** `cache`: decoded images and thumbnails, which can be made again. `synthetic`: the drawn demo set. `models`: released ones. */
export const STORAGE_PARTS = [
  'runs',
  'models',
  'cache',
  'weights',
  'synthetic',
  'database',
  'cases',
  'logs',
  'other',
] as const;
export const StoragePart = z.enum(STORAGE_PARTS);
export type StoragePart = z.infer<typeof StoragePart>;

const bytes = z.number().nonnegative();

export const Storage = z.object({
  usedBytes: bytes,
  freeBytes: bytes,
  parts: z.record(StoragePart, bytes),
});
export type Storage = z.infer<typeof Storage>;
