/**
 * Turns predictions into the report of a run: the last step of the flow, pure (contract and numerics alone).
 *
 * Figures carry 95 % intervals from a bootstrap over lesions, drawn within each class, since the class shares of a part
 * were fixed when it was cut. Scores are one class against the rest. Same predictions and seed, same report.
 */
import { AppError } from '../contract/errors.ts';
import type { ClassInfo } from '../contract/schema/dataset.ts';
import type {
  ClassScores,
  EvaluationReport,
  MeanScores,
  PartReport,
  Prediction,
  SensitivityAtSpecificity,
  SubgroupScores,
} from '../contract/schema/evaluation.ts';
import { bootstrapGroups, type Estimate, type Statistic } from '../numerics/bootstrap.ts';
import { brierScore, expectedCalibrationError, logLoss, reliabilityBins } from '../numerics/calibration.ts';
import { argMax, classScores, confusionMatrix, macroMean, weightedMean } from '../numerics/confusion.ts';
import { deriveSeed } from '../numerics/random.ts';
import { averagePrecision, rocAuc, sensitivityAtSpecificity } from '../numerics/ranking.ts';
import { partIntervals } from './part-intervals.ts';

/** What subgroups are made of; null, empty and absent are "unknown". */
export interface PatientFields {
  readonly ageYears: number | null;
  readonly sex: string | null;
  readonly site: string | null;
  readonly dxType: string | null;
}

export interface PartPredictions {
  /** `train`, `validation`, `test`, or a name for another labelled set. */
  readonly part: string;
  readonly predictions: readonly Prediction[];
  readonly loss: number | null;
}

export interface ReportInput {
  /** In the order of the probabilities. */
  readonly classes: readonly ClassInfo[];
  readonly parts: readonly PartPredictions[];
  /** By image id. */
  readonly images: ReadonlyMap<string, PatientFields>;
  /** 0: no intervals. */
  readonly bootstrapSamples: number;
  readonly seed: number;
  /** Name of the part that subgroups are cut from; none when no part has it. */
  readonly subgroupPart: string;
}

/** The specificities at which melanoma sensitivity is reported. */
export const MELANOMA_SPECIFICITIES = [0.8, 0.9, 0.95] as const;
const MELANOMA_CODE = 'mel';

/** Lower ends of the age bands, years. Twenty wide: ten would leave most classes of a band without samples. */
const AGE_BANDS = [0, 20, 40, 60, 80] as const;
const UNKNOWN = 'unknown';

/** @throws AppError `bad-input` for a prediction without a true class, or that does not fit the class list */
export function buildReport(input: ReportInput): EvaluationReport {
  const { classes, bootstrapSamples, seed } = input;
  for (const { part, predictions } of input.parts) requireLabelled(part, predictions, classes.length);
  const intervals = (...labels: string[]) => ({
    samples: bootstrapSamples,
    seed: deriveSeed(seed, 'bootstrap', ...labels),
  });
  const subgroupPredictions = input.parts.find(({ part }) => part === input.subgroupPart)?.predictions ?? [];
  return {
    formatVersion: 1,
    classes: classes.map(({ code, name, malignant }) => ({ code, name, malignant })),
    bootstrapSamples,
    parts: input.parts.map((part) => partReport(part, classes, intervals(part.part))),
    subgroups: subgroupsOf(subgroupPredictions, input.images).map(({ variable, value, predictions }) => {
      const loss = logLoss(rowsOf(predictions));
      const { part: _, ...figures } = partReport(
        { part: input.subgroupPart, predictions, loss },
        classes,
        intervals(input.subgroupPart, variable, value),
      );
      return { variable, value, ...figures };
    }),
  };
}

interface IntervalOptions {
  readonly samples: number;
  readonly seed: number;
}

function partReport(
  { part, predictions, loss }: PartPredictions,
  classes: readonly ClassInfo[],
  intervals: IntervalOptions,
): PartReport {
  const scores = score(predictions, classes, intervals);
  const support = scores.perClass.map((scored) => scored.support);
  const data = rowsOf(predictions);
  const bins = reliabilityBins(data);
  return {
    part,
    loss,
    ...scores,
    macro: meanScores(scores.perClass, macroMean),
    weighted: meanScores(scores.perClass, (values) => weightedMean(values, support)),
    calibration: { ece: expectedCalibrationError(bins), brier: brierScore(data), bins },
    melanomaSensitivity: melanomaSensitivity(predictions, classes),
    intervals: partIntervals(
      {
        ...data,
        lesionIds: predictions.map(({ lesionId }) => lesionId),
        loss,
        classCount: classes.length,
        melanoma: melanomaIndex(classes),
        specificities: MELANOMA_SPECIFICITIES,
      },
      intervals,
    ),
  };
}

function rowsOf(predictions: readonly Prediction[]) {
  return {
    rows: predictions.map(({ probabilities }) => probabilities),
    trueClasses: predictions.map(({ trueClass }) => trueClass!),
  };
}

/** The figures of the predicted classes, with their intervals, and those of the ranking of each class. */
function score(
  predictions: readonly Prediction[],
  classes: readonly ClassInfo[],
  intervals: IntervalOptions,
) {
  const trueClasses = predictions.map(({ trueClass }) => trueClass!);
  const predicted = predictions.map(({ probabilities }) => argMax(probabilities));
  const lesionIds = predictions.map(({ lesionId }) => lesionId);
  const confusion = confusionMatrix(trueClasses, predicted, classes.length);
  const [accuracy, balancedAccuracy, ...recalls] = bootstrapGroups({
    groups: lesionIds,
    strata: trueClasses,
    ...intervals,
    statistic: accuracies(trueClasses, predicted, classes.length),
  }) as [Estimate, Estimate, ...Estimate[]];
  const perClass = classScores(confusion).map((counts, c): ClassScores => {
    const oneAgainstRest = oneVersusRest(predictions, c);
    const { low, high } = recalls[c]!;
    return {
      code: classes[c]!.code,
      ...counts,
      recallInterval: low === null || high === null ? null : [low, high],
      rocAuc: rocAuc(oneAgainstRest),
      averagePrecision: averagePrecision(oneAgainstRest),
    };
  });
  return {
    images: predictions.length,
    lesions: new Set(lesionIds).size,
    accuracy,
    balancedAccuracy,
    perClass,
    confusion,
  };
}

/** Accuracy, balanced accuracy and the recall of each class, in one pass over the images. */
function accuracies(
  trueClasses: readonly number[],
  predicted: readonly number[],
  classCount: number,
): Statistic {
  const classOf = Uint32Array.from(trueClasses);
  const rightOf = Uint8Array.from(trueClasses, (trueClass, i) => Number(predicted[i] === trueClass));
  return (multiplicities) => {
    const right = new Array<number>(classCount).fill(0);
    const support = new Array<number>(classCount).fill(0);
    for (let i = 0; i < classOf.length; i++) {
      const c = classOf[i]!;
      const times = multiplicities[i]!;
      support[c]! += times;
      right[c]! += times * rightOf[i]!;
    }
    const recalls = right.map((count, c) => (support[c] === 0 ? null : count / support[c]!));
    return [weightedMean(recalls, support), macroMean(recalls), ...recalls];
  };
}

function oneVersusRest(predictions: readonly Prediction[], classIndex: number) {
  return {
    scores: predictions.map(({ probabilities }) => probabilities[classIndex]!),
    positive: predictions.map(({ trueClass }) => trueClass === classIndex),
  };
}

function meanScores(
  perClass: readonly ClassScores[],
  mean: (values: readonly (number | null)[]) => number | null,
): MeanScores {
  const of = (name: keyof MeanScores) => mean(perClass.map((scores) => scores[name]));
  return {
    precision: of('precision'),
    recall: of('recall'),
    specificity: of('specificity'),
    f1: of('f1'),
    rocAuc: of('rocAuc'),
    averagePrecision: of('averagePrecision'),
  };
}

function melanomaSensitivity(
  predictions: readonly Prediction[],
  classes: readonly ClassInfo[],
): SensitivityAtSpecificity[] | null {
  const melanoma = melanomaIndex(classes);
  if (melanoma < 0) return null;
  const scores = oneVersusRest(predictions, melanoma);
  return MELANOMA_SPECIFICITIES.map((specificity) => {
    const point = sensitivityAtSpecificity(scores, specificity);
    return { specificity, sensitivity: point?.sensitivity ?? null, threshold: point?.threshold ?? null };
  });
}

/** -1: the class list has none. */
function melanomaIndex(classes: readonly ClassInfo[]): number {
  return classes.findIndex(({ code }) => code === MELANOMA_CODE);
}

interface Subgroup {
  readonly variable: SubgroupScores['variable'];
  readonly value: string;
  readonly predictions: Prediction[];
}

/** Ascending by value, "unknown" last. A variable that no image has (a folder of pictures) is left out. */
function subgroupsOf(
  predictions: readonly Prediction[],
  images: ReadonlyMap<string, PatientFields>,
): Subgroup[] {
  const variables: [SubgroupScores['variable'], (fields: PatientFields) => string][] = [
    ['sex', ({ sex }) => named(sex)],
    ['age', ({ ageYears }) => ageBand(ageYears)],
    ['site', ({ site }) => named(site)],
    ['dx-type', ({ dxType }) => named(dxType)],
  ];
  return variables.flatMap(([variable, valueIn]) => {
    const byValue = Map.groupBy(predictions, ({ imageId }) => {
      const fields = images.get(imageId);
      return fields === undefined ? UNKNOWN : valueIn(fields);
    });
    const values = [...byValue.keys()].filter((value) => value !== UNKNOWN).sort();
    if (values.length === 0) return [];
    if (byValue.has(UNKNOWN)) values.push(UNKNOWN);
    return values.map((value) => ({ variable, value, predictions: byValue.get(value)! }));
  });
}

function named(value: string | null): string {
  return value?.trim() || UNKNOWN;
}

/** "0-19", "20-39", "40-59", "60-79" or "80+". */
function ageBand(ageYears: number | null): string {
  if (ageYears === null) return UNKNOWN;
  const band = AGE_BANDS.findLastIndex((start) => ageYears >= start);
  const next = AGE_BANDS[band + 1];
  return next === undefined ? `${AGE_BANDS[band]}+` : `${AGE_BANDS[band]}-${next - 1}`;
}

function requireLabelled(part: string, predictions: readonly Prediction[], classCount: number): void {
  for (const { imageId, trueClass, probabilities } of predictions) {
    if (trueClass === null || trueClass >= classCount) {
      throw new AppError(
        'bad-input',
        `image ${imageId} of part "${part}" has true class ${trueClass}; a report needs one of the ${classCount} classes ` +
          'for every image: leave images without a diagnosis out',
      );
    }
    if (probabilities.length !== classCount || !probabilities.every(Number.isFinite)) {
      throw new AppError(
        'bad-input',
        `image ${imageId} of part "${part}" has probabilities [${probabilities}]; expected ${classCount} numbers`,
      );
    }
  }
}
