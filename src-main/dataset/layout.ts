/**
 * What a layout is: a way in which datasets lie on disk. Adding one is one file beside `ham10000.ts` and one line in
 * `registry.ts`. Runs in the worker.
 */
import type { ClassInfo, DatasetImage, DatasetManifest, DatasetProblem } from '../contract/schema/dataset.ts';
import type { FolderContents } from './folder-contents.ts';

/** An image as the layout lists it, before its file has been opened. */
export type ListedImage = Omit<DatasetImage, 'widthPx' | 'heightPx' | 'contentHash' | 'perceptualHash'>;

export interface LayoutReading {
  readonly classes: readonly ClassInfo[];
  /** Image ids are unique. */
  readonly images: readonly ListedImage[];
  readonly columns: DatasetManifest['columns'];
  readonly problems: readonly DatasetProblem[];
}

export interface DatasetLayout {
  readonly id: string;
  readonly title: string;
  /** What the folder must hold, for help and for errors. */
  readonly needs: string;
  /** Null when the folder is of this layout, else what it lacks. Reads headers, never whole tables. */
  readonly recognise: (contents: FolderContents) => string | null;
  /**
   * Lists classes and images. `classes` (or the folder's `classes.json`) names and marks the classes in place of the
   * layout's own. Throws `bad-dataset` for a table without its columns.
   */
  readonly read: (contents: FolderContents, classes: readonly ClassInfo[] | null) => LayoutReading;
}
