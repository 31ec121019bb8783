/** The layouts, in the order in which they are tried. Runs in the worker. */
import { AppError, nearestName } from '../contract/errors.ts';
import type { FolderContents } from './folder-contents.ts';
import { folderPerClass } from './folder-per-class.ts';
import { ham10000 } from './ham10000.ts';
import type { DatasetLayout } from './layout.ts';

export const DATASET_LAYOUTS: readonly DatasetLayout[] = uniqueById([ham10000, folderPerClass]);

/** The layout named, or the first that recognises the folder. Throws `bad-input` / `bad-dataset` saying what each needs. */
export function chooseLayout(contents: FolderContents, id?: string): DatasetLayout {
  if (id !== undefined) return layoutById(id);
  const refusals: string[] = [];
  for (const layout of DATASET_LAYOUTS) {
    const lacking = layout.recognise(contents);
    if (lacking === null) return layout;
    refusals.push(`${layout.id} needs ${layout.needs}, but ${lacking}`);
  }
  const { pictures, tables, otherPictures } = contents;
  const others =
    otherPictures.length === 0 ? '' : `, ${otherPictures.length} pictures that are neither JPEG nor PNG`;
  const found = `${pictures.length} images, ${tables.length} tables${others}`;
  throw new AppError(
    'bad-dataset',
    `${contents.root}: not recognised as a dataset (found ${found}). ${refusals.join('. ')}.`,
    { details: { refusals } },
  );
}

/** Returns the layouts; throws when two have the same id, which is a defect that must show at start. */
export function uniqueById(layouts: readonly DatasetLayout[]): readonly DatasetLayout[] {
  const ids = layouts.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new AppError('internal', `two dataset layouts have the id "${twice}"`);
  return layouts;
}

function layoutById(id: string): DatasetLayout {
  const layout = DATASET_LAYOUTS.find((candidate) => candidate.id === id);
  if (layout) return layout;
  const ids = DATASET_LAYOUTS.map((candidate) => candidate.id);
  const nearest = nearestName(id, ids);
  const hint = nearest === null ? '.' : `; did you mean "${nearest}"?`;
  throw new AppError('bad-input', `there is no layout "${id}"${hint} Known are ${ids.join(', ')}.`);
}
