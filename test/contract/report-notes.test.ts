import { expect, test } from 'vitest';
import { leftOutNotes } from '../../src-main/contract/report-notes.ts';
import { sampleReport } from '../store/samples.ts';

test('images that were left out are counted, with the reason', () => {
  const report = sampleReport({ test: 0.5, validation: null });
  expect(leftOutNotes(report)).toEqual([]);
  const leftOut = {
    unknownClasses: [
      { code: 'scc', images: 12 },
      { code: 'lent', images: 3 },
    ],
    unreadable: ['image-7'],
  };
  expect(leftOutNotes({ ...report, leftOut })).toEqual([
    'Left out, since the model does not know their class: 15 images (scc 12, lent 3).',
    'Left out, since they cannot be read or have changed since the import: 1 image.',
  ]);
  expect(leftOutNotes({ ...report, leftOut: { unknownClasses: [], unreadable: [] } })).toEqual([]);
});
