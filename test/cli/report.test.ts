import { expect, test } from 'vitest';
import type { EvaluationReport } from '../../src-main/contract/schema/evaluation.ts';
import { buildReport } from '../../src-main/evaluation/report.ts';
import { formatReport } from '../../src-main/hosts/cli/printers/report.ts';

/** Two of three naevi are found, the one melanoma is missed; nothing is a dermatofibroma. */
function smallReport(): EvaluationReport {
  const answers = [
    [0, 0],
    [0, 0],
    [0, 1],
    [1, 0],
  ] as const;
  return buildReport({
    classes: ['nv', 'mel', 'df'].map((code) => ({ code, name: code, malignant: null })),
    parts: [
      {
        part: 'test',
        loss: null,
        predictions: answers.map(([trueClass, predicted], index) => ({
          imageId: `image-${index}`,
          lesionId: `lesion-${index}`,
          trueClass,
          probabilities: [0, 1, 2].map((code) => (code === predicted ? 0.8 : 0.1)),
        })),
      },
    ],
    images: new Map(),
    bootstrapSamples: 0,
    seed: 1,
    subgroupPart: 'none',
  });
}

test('the confusion matrix shows counts and the share of each row, and a dash for a class without images', () => {
  const text = formatReport(smallReport());
  expect(text).toMatch(/^nv +2 +67 % +1 +33 % +0 +0 %$/m);
  expect(text).toMatch(/^mel +1 +100 % +0 +0 % +0 +0 %$/m);
  expect(text).toMatch(/^df +0 +- +0 +- +0 +-$/m);
});

test('images that were left out are counted', () => {
  const leftOut = { unknownClasses: [{ code: 'scc', images: 4 }], unreadable: ['image-9'] };
  const text = formatReport({ ...smallReport(), leftOut });
  expect(text).toMatch(/4 images of classes that the model does not know were left out \(scc 4\)/);
  expect(text).toMatch(/1 images cannot be read or have changed and were left out: image-9/);
  expect(formatReport(smallReport())).not.toContain('left out');
});
