import { expect, test } from 'vitest';
import type { EvaluationReport } from '../../src-main/contract/schema/evaluation.ts';
import { buildReport } from '../../src-main/evaluation/report.ts';
import { formatReport } from '../../src-main/hosts/cli/printers/report.ts';

/** Two of three naevi are found, the one melanoma is missed; nothing is a dermatofibroma. */
function smallReport(bootstrapSamples = 0): EvaluationReport {
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
    bootstrapSamples,
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
  expect(text).toMatch(/^Note: .*the model does not know their class: 4 images \(scc 4\)\.$/m);
  expect(text).toMatch(/^Note: .*changed since the import: 1 image\.\nNot read: image-9$/m);
  expect(formatReport(smallReport())).not.toContain('Note');
});

test('the recall of each class goes with its interval', () => {
  const report = smallReport();
  const part = report.parts[0]!;
  const perClass = part.perClass.map((row, index) =>
    index === 0 ? { ...row, recallInterval: [0.25, 0.875] as [number, number] } : row,
  );
  const text = formatReport({ ...report, parts: [{ ...part, perClass }] });
  expect(text).toMatch(/^nv +3 +0\.667 +0\.667 \[0\.250, 0\.875\] /m);
  expect(text).toMatch(/^df +0 +- +- /m);
});

test('means, calibration and melanoma go with their intervals, and with none where there are none', () => {
  const report = smallReport(200);
  const part = report.parts[0]!;
  const intervals = {
    ...part.intervals!,
    brier: [0.1, 0.9] as [number, number],
    macro: { ...part.intervals!.macro, f1: [0.2, 0.6] as [number, number] },
    melanomaSensitivity: [[0, 0.5] as [number, number], null, null],
  };
  const text = formatReport({ ...report, parts: [{ ...part, intervals }] });
  expect(text).toMatch(/^test .* \d\.\d{3} \[0\.200, 0\.600\] /m);
  expect(text).toMatch(/^Calibration: .*, Brier \d\.\d{3} \[0\.100, 0\.900\] \(n = 4\)$/m);
  expect(text).toMatch(
    /sensitivity\n\d\.\d{3} \[0\.000, 0\.500\] at specificity 0\.80\n\d\.\d{3} at specificity 0\.90$/m,
  );
  expect(formatReport(smallReport())).toMatch(
    /^Calibration: loss -, ECE \d\.\d{3}, Brier \d\.\d{3} \(n = 4\)$/m,
  );
});
