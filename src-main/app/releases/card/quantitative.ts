/** The figures of a model card: headline, classes, calibration, prediction sets, operating points, strange pictures, subgroups. Pure. */
import type { PartReport } from '../../../contract/schema/evaluation.ts';
import type { Release, ReleasedConformal, ReleasedOperatingPoint } from '../../../contract/schema/release.ts';
import { count, counted, estimate, fraction } from '../../report-html/figures.ts';
import { type CardBlock, text } from './blocks.ts';

interface Analysis {
  readonly heading: string;
  readonly blocks: readonly CardBlock[];
}

export function quantitativeAnalyses(release: Release): Analysis[] {
  return [
    { heading: 'Accuracy', blocks: accuracy(release) },
    { heading: 'Calibration', blocks: [calibration(release)] },
    {
      heading: 'Prediction sets',
      blocks: release.fit.conformal.flatMap((set) => predictionSets(release, set)),
    },
    { heading: 'Operating points', blocks: operatingPoints(release) },
    { heading: 'Pictures unlike the training data', blocks: [strangePictures(release)] },
    { heading: 'Subgroups of the test part', blocks: subgroups(release) },
  ];
}

function accuracy({ evidence: { test, validation } }: Release): CardBlock[] {
  const parts = [test, validation].filter((part) => part !== null);
  if (parts.length === 0) return [text('Not recorded: the run has no report.')];
  return [
    {
      kind: 'table',
      caption: 'Value (95 % interval)',
      head: ['part', 'images', 'lesions', 'balanced accuracy', 'accuracy', 'ROC AUC, mean', 'F1, mean'],
      rows: parts.map((part) => [
        part.part,
        count(part.images),
        count(part.lesions),
        estimate(part.balancedAccuracy),
        estimate(part.accuracy),
        fraction(part.macro.rocAuc),
        fraction(part.macro.f1),
      ]),
    },
    ...(test ? [byClass(test), confusion(test)] : []),
  ];
}

function byClass({ part, perClass }: PartReport): CardBlock {
  return {
    kind: 'table',
    caption: `By class, ${part}`,
    head: ['class', 'images', 'sensitivity (95 % interval)', 'specificity', 'precision', 'ROC AUC'],
    rows: perClass.map((scores) => {
      const [low, high] = scores.recallInterval ?? [null, null];
      return [
        scores.code,
        count(scores.support),
        estimate({ value: scores.recall, low, high }),
        fraction(scores.specificity),
        fraction(scores.precision),
        fraction(scores.rocAuc),
      ];
    }),
  };
}

function confusion({ part, perClass, confusion: rows }: PartReport): CardBlock {
  const codes = perClass.map(({ code }) => code);
  return {
    kind: 'table',
    caption: `Confusion matrix, ${part}: images; rows are the true class, columns the first answer`,
    head: ['', ...codes],
    rows: rows.map((row, index) => [codes[index] ?? '', ...row.map(count)]),
  };
}

function calibration({ fit: { reliability, temperature } }: Release): CardBlock {
  const row = (name: string, scores: typeof reliability.before) => [
    name,
    fraction(scores.ece),
    fraction(scores.brier),
    fraction(scores.logLoss),
  ];
  return {
    kind: 'table',
    caption: 'On test, before and after the temperature',
    head: ['', 'expected calibration error', 'Brier score', 'log loss'],
    rows: [
      row('as the network gives them', reliability.before),
      row(`with temperature ${temperature.toFixed(3)}`, reliability.after),
    ],
  };
}

function predictionSets(
  { classes }: Release,
  { level, byClass: fitted, onTest }: ReleasedConformal,
): CardBlock[] {
  const { overall } = onTest;
  const size = overall.meanSetSize === null ? '' : `, ${overall.meanSetSize.toFixed(2)} classes on average`;
  return [
    text(
      `Level ${level}: on test, the true class was in its set in ${inOf(overall)} lesions, share ${estimate(overall.share)}${size}.`,
    ),
    {
      kind: 'table',
      caption: `Level ${level}, by class`,
      head: [
        'class',
        'kind of threshold',
        'lesions of the calibration part',
        'on test in its set',
        'share (95 % interval)',
      ],
      rows: classes.map(({ code, name }, index) => {
        const [fit, test] = [fitted[index], onTest.byClass[index]];
        return [
          `${name} (${code})`,
          fit?.kind ?? '–',
          fit ? count(fit.lesions) : '–',
          test ? `${inOf(test)} lesions` : '–',
          test ? estimate(test.share) : '–',
        ];
      }),
    },
  ];
}

function inOf({ coveredLesions, lesions }: { coveredLesions: number; lesions: number }): string {
  return `${count(coveredLesions)} of ${count(lesions)}`;
}

function operatingPoints({ fit: { operating } }: Release): CardBlock[] {
  if (operating.length === 0) {
    return [text('None: the classes have no melanoma and are not all marked as malignant or benign.')];
  }
  return [
    {
      kind: 'table',
      caption: 'The summed probabilities of some classes against a threshold',
      head: [
        'question',
        'sensitivity aimed at',
        'threshold',
        'sensitivity on test (95 % interval)',
        'specificity on test (95 % interval)',
        'lesions on test',
      ],
      rows: operating.map(operatingRow),
    },
  ];
}

function operatingRow({
  question,
  codes,
  targetSensitivity,
  threshold,
  test,
}: ReleasedOperatingPoint): string[] {
  return [
    `${question} (${codes.join(' + ')})`,
    fraction(targetSensitivity),
    threshold.toFixed(4),
    estimate(test.sensitivity),
    estimate(test.specificity),
    `${count(test.positive)} positive, ${count(test.negative)} negative`,
  ];
}

function strangePictures({ fit: { distance } }: Release): CardBlock {
  const method =
    distance.method === 'feature-distance'
      ? `the distance of a picture's features to those of the training classes (${distance.featureCount ?? '–'} features)`
      : "the energy of the network's outputs";
  const limit =
    distance.limit === null
      ? 'The calibration part has too few lesions for a limit: no picture is called strange by it.'
      : `The limit, ${distance.limit.toFixed(3)}, lets ${fraction(distance.inside)} of lesions like those of the calibration part pass.`;
  return text(
    `Measured by ${method}. ${limit} Of the test lesions, a share of ${estimate(distance.outsideOnTest)} was called strange although they are of the same data. How many pictures of another kind are caught was not measured in the run.`,
  );
}

function subgroups({ evidence }: Release): CardBlock[] {
  if (evidence.subgroups.length === 0)
    return [text('None: the data has no patient columns, or the run has no report.')];
  return [
    {
      kind: 'table',
      caption: 'Value (95 % interval)',
      head: ['subgroup', 'n', 'balanced accuracy', 'accuracy'],
      rows: evidence.subgroups.map((group) => [
        `${group.variable}: ${group.value}`,
        `${counted(group.images, 'image')}, ${counted(group.lesions, 'lesion')}`,
        estimate(group.balancedAccuracy),
        estimate(group.accuracy),
      ]),
    },
  ];
}
