/** The sections of a model card that are words and lists; the figures are in quantitative.ts. Pure. */
import type { Release, ReleaseFit } from '../../../contract/schema/release.ts';
import { count, counted, moment } from '../../report-html/figures.ts';
import { type CardBlock, type KnownFile, text } from './blocks.ts';
import { skinFacts } from './data-facts.ts';

export function modelDetails(release: Release, file: KnownFile | null): CardBlock[] {
  const { evidence, classes, input } = release;
  const signature = file?.signature
    ? `${file.signature.algorithm}, fingerprint ${file.signature.fingerprint}`
    : 'not signed';
  const bestEpoch = evidence.bestEpoch === null ? '' : `, the best of them ${evidence.bestEpoch}`;
  return [
    {
      kind: 'table',
      caption: 'The model',
      head: [],
      rows: [
        ['Name and version', `${release.name} ${release.version}`],
        ['Released', moment(release.releasedAt)],
        ...(file
          ? [
              ['SHA-256 of the file', file.hash],
              ['Signature', signature],
            ]
          : []),
        ['Network', `${evidence.modelId}, ${count(release.parameters)} parameters`],
        ['Input', `RGB, ${input.widthPx} x ${input.heightPx} pixels`],
        ['Trained', `${moment(evidence.trainedAt)}, ${counted(evidence.epochs, 'epoch')}${bestEpoch}`],
        [
          'Device and library',
          [evidence.device, evidence.library].filter(Boolean).join(', ') || 'not recorded',
        ],
        ['Code', evidence.codeVersion ?? 'not from a checkout'],
        [
          'Licence',
          release.isNonCommercial ? `${release.licence}; non-commercial use only` : release.licence,
        ],
        ['Contact', release.contact ?? 'not stated'],
      ],
    },
    {
      kind: 'table',
      caption: 'Classes, in the order of the outputs',
      head: ['diagnosis', 'malignant'],
      rows: classes.map(({ code, name, malignant }) => [`${name} (${code})`, marked(malignant)]),
    },
  ];
}

export function intendedUse(release: Release): CardBlock[] {
  return [
    text(release.intendedUse),
    {
      kind: 'list',
      items: [
        'Not meant for: deciding about a patient, ruling a disease out, screening without a clinician, pictures of another kind than those of the training data.',
        skinFacts(release).healthySkin,
        'A diagnosis that is not in the list of classes cannot be answered; such a lesion gets one of the classes all the same.',
      ],
    },
  ];
}

export function factors(release: Release): CardBlock[] {
  const variables = [...new Set(release.evidence.subgroups.map(({ variable }) => variable))];
  return [
    {
      kind: 'list',
      items: [
        skinFacts(release).skinType,
        'The device and the settings with which a picture was taken are not recorded in the data.',
        variables.length > 0
          ? `Figures by subgroup of the test part are given below for: ${variables.join(', ')}.`
          : 'The data has no patient columns from which figures by subgroup could be made.',
      ],
    },
  ];
}

export function metrics({ fit }: Release): CardBlock[] {
  return [
    {
      kind: 'list',
      items: [
        'Balanced accuracy: the mean over classes of the share of their images that is named rightly. Sensitivity and specificity by class and at the operating points.',
        'Calibration: expected calibration error of the first answer in 15 bins, Brier score over all classes (0 to 2), log loss; on test, before and after the temperature.',
        `Temperature ${fit.temperature.toFixed(3)}, prediction sets, operating points and the limit for strange pictures were fitted on the calibration part alone and then measured once on test.`,
        'Intervals are 95 %. Those of accuracies are bootstrap percentiles over lesions, drawn within each class. Those of coverage, of the operating points and of the share called strange are exact binomial (Clopper-Pearson), one image counted for each lesion.',
        'All figures hold for the case mix of the data; another clinic has another one.',
      ],
    },
  ];
}

export function evaluationData(release: Release): CardBlock[] {
  return [
    text(`Test part of one dataset. ${datasetWords(release)} ${splitWords(release)}`),
    partsTable(release, ['calibration', 'test'], 'What was fitted on, and what was measured on'),
  ];
}

export function trainingData(release: Release): CardBlock[] {
  const { evidence } = release;
  return [
    text(`Training part of the same dataset. ${datasetWords(release)}`),
    partsTable(
      release,
      ['train', 'validation'],
      'What was trained on, and by what the best epoch was chosen',
    ),
    {
      kind: 'table',
      caption: 'Settings of the run',
      head: [],
      rows: Object.entries(evidence.settings).map(([key, value]) => [
        key,
        value === null ? '–' : String(value),
      ]),
    },
  ];
}

export function ethicalConsiderations(release: Release): CardBlock[] {
  return [
    {
      kind: 'list',
      items: [
        'Probabilities and the malignant share are relative to the case mix of the training data; they are not the risk of a patient.',
        skinFacts(release).skinTypeRisk,
        'A malignant lesion can be missed at every threshold; how often that happened on test stands under "Operating points".',
        'The file holds weights and figures, no picture and no patient field. Whether a training picture could be told from weights was not examined.',
      ],
    },
  ];
}

export function caveats(release: Release): CardBlock[] {
  const { limits, evidence, fit } = release;
  const marginal = release.classes.filter((_, index) =>
    fit.conformal.some(({ byClass }) => byClass[index]?.kind === 'marginal'),
  );
  return [
    ...(limits === '' ? [] : [text(limits)]),
    {
      kind: 'list',
      items: [
        'A prediction set rules no class out. Its level holds for lesions like those of the data, over many of them.',
        ...(marginal.length > 0
          ? [
              `For ${marginal.map(({ code }) => code).join(', ')} the calibration part had too few lesions for a threshold of its own at some levels: there the level holds over all classes together, not for the class.`,
            ]
          : []),
        'A picture that is called strange gets no diagnosis; one that is not called strange may be strange all the same.',
        "It was tested on a part of the data that it was trained on, not on another clinic's pictures.",
        ...evidence.warnings.map((warning) => `Of the run: ${warning}`),
      ],
    },
  ];
}

export function marked(malignant: boolean | null): string {
  if (malignant === null) return 'not stated';
  return malignant ? 'yes' : 'no';
}

export function datasetWords({ evidence: { dataset } }: Release): string {
  const drawn = dataset.synthetic ? ' (drawn images, not photographs)' : '';
  return `The dataset "${dataset.name}"${drawn}, ${counted(dataset.images, 'image')}, layout ${dataset.layout}, SHA-256 of its content ${dataset.hash}.`;
}

export function splitWords({ evidence: { settings, splitHash } }: Release): string {
  const method = String(settings.splitMethod ?? 'not recorded');
  const meaning =
    method === 'lesion'
      ? 'all images of a lesion are in one part'
      : 'images of one lesion may lie in more than one part';
  return `Split by ${method} (${method === 'lesion' || method === 'image' ? meaning : 'as the run was told'}), seed ${settings.splitSeed ?? settings.seed}, SHA-256 of the split ${splitHash}.`;
}

export function partOf(fit: ReleaseFit, name: string): ReleaseFit['parts'][number] | undefined {
  return fit.parts.find(({ part }) => part === name);
}

function partsTable({ fit, classes }: Release, names: readonly string[], caption: string): CardBlock {
  const parts = names.flatMap((name) => partOf(fit, name) ?? []);
  return {
    kind: 'table',
    caption: `${caption}: images by class`,
    head: ['part', 'images', 'lesions', ...classes.map(({ code }) => code)],
    rows: parts.map(({ part, images, lesions, classCounts }) => [
      part,
      count(images),
      count(lesions),
      ...classCounts.map(count),
    ]),
  };
}
