/** What a run with this configuration would train and be tested on: cleaning, split, leaks. Runs in the worker. */
import type { TrainingConfig } from '../contract/schema/config.ts';
import { type DatasetManifest, SPLIT_PARTS, type Split } from '../contract/schema/dataset.ts';
import type { DatasetCheck } from '../contract/schema/job.ts';
import { classCounts, findStraddles, problemCounts } from '../dataset/checks.ts';
import { cleanImages } from '../dataset/cleaning.ts';
import { makeSplit } from '../dataset/make-split.ts';

/** @throws AppError `bad-split` when no such split can be made */
export function checkDataset(manifest: DatasetManifest, config: TrainingConfig): DatasetCheck {
  const { images, report } = cleanImages(manifest, config);
  const { split, warnings } = makeSplit(manifest, images, config);
  const parts = SPLIT_PARTS.map((part) => {
    const ids = new Set(split[part]);
    const members = images.filter(({ imageId }) => ids.has(imageId));
    return {
      part,
      images: members.length,
      lesions: new Set(members.map(({ lesionId }) => lesionId)).size,
      classCounts: classCounts(manifest.classes, members),
    };
  });
  return {
    cleaning: report,
    problems: problemCounts(manifest.problems),
    parts,
    straddles: findStraddles(manifest, split).map((straddle) => ({
      kind: straddle.kind,
      imageIds: [...straddle.imageIds],
      parts: [...straddle.parts],
    })),
    warnings,
  };
}

/** Image ids of each part of such a run. @throws AppError `bad-split` when no such split can be made */
export function splitDataset(manifest: DatasetManifest, config: TrainingConfig): Split {
  return makeSplit(manifest, cleanImages(manifest, config).images, config).split;
}
