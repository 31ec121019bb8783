/** A file of runs, opened and checked as every file that Lesion Lab packs. Runs in the host. */
import { join } from 'node:path';
import {
  ARCHIVE_VERSION,
  ArchivedDataset,
  ArchivedRun,
  ArchiveHead,
  ArchiveManifest,
} from '../contract/schema/run-archive.ts';
import { type ArchiveKind, openSealed, type ReadOptions } from './archive/read.ts';
import { datasetDocument, runDocument, runFiles } from './run-archive-paths.ts';

export interface RunArchive {
  readonly manifest: ArchiveManifest;
  /** @param number from 1 */
  readRun(number: number): Promise<ArchivedRun>;
  readDataset(hash: string): Promise<ArchivedDataset>;
  /** Bytes of all files of all runs. */
  readonly fileBytes: number;
  /** Writes a run's files into a folder, each checked by its hash as it is written. */
  extractFiles(number: number, folder: string): Promise<void>;
  close(): Promise<void>;
}

const FILE_OF_RUNS: ArchiveKind<ArchiveManifest> = {
  name: 'file of runs',
  remedy: 'Choose a file that "lab runs pack" or History made.',
  head: ArchiveHead,
  version: ARCHIVE_VERSION,
  manifest: ArchiveManifest,
};

/** @throws AppError `corrupt`, `newer-version`, `bad-input` (another kind of file), `not-found` */
export async function openArchive(path: string, options: ReadOptions = {}): Promise<RunArchive> {
  const archive = await openSealed(path, FILE_OF_RUNS, options);
  const { files } = archive.manifest;
  const ofRuns = files.filter((file) => /^runs\/\d+\/files\//.test(file.path));
  return {
    manifest: archive.manifest,
    fileBytes: ofRuns.reduce((sum, { bytes }) => sum + bytes, 0),
    readRun: (number) => archive.document(runDocument(number), ArchivedRun),
    readDataset: (hash) => archive.document(datasetDocument(hash), ArchivedDataset),
    async extractFiles(number, folder) {
      const prefix = runFiles(number);
      for (const file of files) {
        if (file.path.startsWith(prefix))
          await archive.extract(file, join(folder, file.path.slice(prefix.length)));
      }
    },
    close: () => archive.close(),
  };
}
