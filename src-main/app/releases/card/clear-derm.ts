/**
 * The 25 items of CLEAR Derm in its four domains, answered from a release, in our own words. Pure. "Not recorded": no run of Lesion Lab
 * knows it, and whoever publishes about the model has to say it.
 */
import type { Release } from '../../../contract/schema/release.ts';
import { counted, estimate } from '../../report-html/figures.ts';
import type { CardBlock } from './blocks.ts';
import { skinFacts } from './data-facts.ts';
import { datasetWords, partOf, splitWords } from './sections.ts';

const NOT_RECORDED = 'Not recorded.';

interface Domain {
  readonly heading: string;
  readonly blocks: readonly CardBlock[];
}

export function clearDerm(release: Release): Domain[] {
  return [
    domain('Data', data(release)),
    domain('Technique', technique(release)),
    domain('Technical assessment', technicalAssessment(release)),
    domain('Application', application(release)),
  ];
}

type Item = readonly [item: string, answer: string];

function domain(heading: string, items: readonly Item[]): Domain {
  return {
    heading,
    blocks: [{ kind: 'table', caption: `Domain: ${heading.toLowerCase()}`, head: [], rows: items }],
  };
}

function data(release: Release): Item[] {
  const { evidence, fit, input } = release;
  const { settings, dataset } = evidence;
  const variables = [...new Set(evidence.subgroups.map(({ variable }) => variable))].join(', ');
  const scaled = `Scaled to ${input.widthPx} x ${input.heightPx} pixels, sRGB; normalisation: ${settings.normalisation ?? 'not recorded'}. Training pictures turned, zoomed, shifted and flipped as the settings say.`;
  return [
    [
      'Kind of images',
      dataset.synthetic
        ? 'Drawn images.'
        : isHam(release)
          ? 'Dermatoscope pictures (HAM10000).'
          : NOT_RECORDED,
    ],
    ['Artefacts in the images', NOT_RECORDED],
    ['How images were taken', NOT_RECORDED],
    ['Preprocessing', scaled],
    ['Synthetic images', dataset.synthetic ? 'All images are drawn by Lesion Lab.' : 'None were made.'],
    ['Reference of public images', datasetWords(release)],
    ['Patient-level metadata', variables ? `Used for figures by subgroup only: ${variables}.` : NOT_RECORDED],
    ['Skin colour and how it was told', skinFacts(release).skinType],
    ['Bias from patient metadata', 'Patient fields are no input of the network. Other bias: not recorded.'],
    ['Parts of the data', splitWords(release)],
    ['Sample sizes', fit.parts.map(partWords).join('; ')],
    ['Test on another data set', 'None in this release.'],
    ['Images of several makers', NOT_RECORDED],
    [
      'Class distribution',
      `By part under "Evaluation data" and "Training data"; class weights: ${settings.classWeights ?? 'not recorded'}.`,
    ],
    ['Images outside of the distribution', outsideWords(release)],
  ];
}

function technique(release: Release): Item[] {
  const { evidence } = release;
  const hasDxType = evidence.subgroups.some(({ variable }) => variable === 'dx-type');
  return [
    [
      'How images were labelled',
      hasDxType ? 'By the means listed as dx-type under the subgroups.' : NOT_RECORDED,
    ],
    [
      'Accepted diagnostic labels',
      `The diagnoses of the dataset: ${release.classes.map(({ name }) => name).join(', ')}.`,
    ],
    ['Histopathology of malignant lesions', hasDxType ? 'See dx-type under the subgroups.' : NOT_RECORDED],
    [
      'Development of the algorithm',
      `${evidence.modelId}; every setting under "Training data", code version ${evidence.codeVersion ?? 'not from a checkout'}.`,
    ],
  ];
}

function technicalAssessment({ evidence: { test } }: Release): Item[] {
  return [
    [
      'How others can evaluate it',
      'The file itself answers pictures offline in Lesion Lab, one by one or by folder.',
    ],
    [
      'Measures of performance',
      test
        ? `Balanced accuracy on test ${estimate(test.balancedAccuracy)}, n = ${counted(test.images, 'image')} of ${counted(test.lesions, 'lesion')}; all others under "Quantitative analyses".`
        : NOT_RECORDED,
    ],
    ['Comparison with other methods', NOT_RECORDED],
    ['Assessment of bias', 'Figures by subgroup as far as the data has columns for them; none by skin type.'],
  ];
}

function application(release: Release): Item[] {
  return [
    [
      'Use cases and target conditions',
      `Target conditions: the ${release.classes.length} classes. Use, as stated: ${release.intendedUse}`,
    ],
    ['Effects on care teams and patients', 'Not recorded. For research and teaching only.'],
  ];
}

function isHam({ evidence: { dataset } }: Release): boolean {
  return dataset.layout === 'ham10000' && !dataset.synthetic;
}

function partWords({ part, images, lesions }: Release['fit']['parts'][number]): string {
  return `${part}: ${counted(images, 'image')} of ${counted(lesions, 'lesion')}`;
}

function outsideWords({ fit }: Release): string {
  const lesions = partOf(fit, 'calibration')?.lesions ?? 0;
  const limit =
    fit.distance.limit === null
      ? `No limit: the ${counted(lesions, 'lesion')} of the calibration part are too few for one.`
      : `A limit fitted on ${counted(lesions, 'lesion')} of the calibration part.`;
  return `${limit} No pictures of another kind were in the test part.`;
}
