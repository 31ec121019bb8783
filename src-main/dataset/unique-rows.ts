/** The rows of a metadata table by their image. Pure. */
import type { DatasetProblem } from '../contract/schema/dataset.ts';
import { pictureStem } from './folder-contents.ts';
import type { Table, TableRow } from './table.ts';

/**
 * The first row of each image; the others become problems, as do those without an image id. An id may carry its file's extension.
 * @param keyOf by what an id is known
 */
export function uniqueRows(
  table: Table,
  problems: DatasetProblem[],
  keyOf: (imageId: string) => string,
): Map<string, TableRow> {
  const byKey = new Map<string, TableRow>();
  for (const row of table.rows) {
    const imageId = pictureStem(row.cell('image_id'));
    const first = byKey.get(keyOf(imageId));
    if (imageId === '') {
      const message = `Line ${row.line} has no image_id.`;
      problems.push({ kind: 'row-without-image', imageIds: [], message });
    } else if (first) {
      const differing = table.columns.filter(
        (column) => column !== 'image_id' && row.cell(column) !== first.cell(column),
      );
      const how = differing.length === 0 ? 'as line' : `but differs in ${differing.join(', ')} from line`;
      const message = `Line ${row.line} has ${imageId} again, ${how} ${first.line}; line ${first.line} is used.`;
      problems.push({ kind: 'duplicate-row', imageIds: [imageId], message });
    } else {
      byKey.set(keyOf(imageId), row);
    }
  }
  return byKey;
}
