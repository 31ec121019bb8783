/** Whether the lists of a release belong to its classes, which no schema says: what answers rest on is read by index. Pure. */
import type { Release } from '../../contract/schema/release.ts';

/** What does not fit; null: all does. */
export function inconsistencyOf({ classes, fit }: Release): string | null {
  const codes = new Set(classes.map(({ code }) => code));
  if (codes.size !== classes.length) return 'release.json names a class twice';
  const lists = [
    ...fit.conformal.flatMap(({ byClass, onTest }) => [byClass, onTest.byClass, onTest.setSizes]),
    ...fit.parts.map(({ classCounts }) => classCounts),
  ];
  if (lists.some(({ length }) => length !== classes.length)) {
    return 'release.json has lists of another length than that of its classes';
  }
  const unknown = fit.operating.flatMap((point) => point.codes).find((code) => !codes.has(code));
  return unknown === undefined
    ? null
    : `release.json has an operating point of a class "${unknown}" that it has not`;
}
