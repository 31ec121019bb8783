/**
 * The training configuration as a list of fields, in groups: the form and the command line are generated from it. Pure;
 * runs in every process. Everything comes from the schema; only the grouping is written here.
 */
import { z } from 'zod';
import { AppError } from './errors.ts';
import { TrainingConfig } from './schema/config.ts';

export type ConfigKey = keyof TrainingConfig;

export interface ConfigField {
  readonly key: ConfigKey;
  /** As the command line spells it, without dashes before: `learning-rate`. */
  readonly flag: string;
  readonly group: string;
  readonly kind: 'boolean' | 'number' | 'integer' | 'text' | 'choice';
  /** Of a choice; of a number, the words that may stand in its place (`all`). */
  readonly choices: readonly string[];
  /** Whether null ("the usual") may be given. */
  readonly nullable: boolean;
  /** Bounds of a number; whether they themselves are allowed is the schema's to say. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** The product's default, before any preset; undefined where one must be given. */
  readonly defaultValue: unknown;
  readonly description: string;
}

const GROUPS: readonly { readonly title: string; readonly keys: readonly ConfigKey[] }[] = [
  {
    title: 'Model',
    keys: [
      'model',
      'modelFile',
      'initialWeights',
      'trainableLayers',
      'headDropout',
      'headBatchNorm',
      'headL2',
      'batchNormMomentum',
    ],
  },
  {
    title: 'Images',
    keys: [
      'imageWidthPx',
      'imageHeightPx',
      'normalisation',
      'zScoreFit',
      'zScoreTest',
      'dropMissing',
      'dropAgeZero',
      'dropUnknown',
    ],
  },
  {
    title: 'Split',
    keys: [
      'splitMethod',
      'splitSeed',
      'trainFraction',
      'validationFraction',
      'calibrationFraction',
      'testFraction',
      'folds',
      'fold',
      'splitFile',
    ],
  },
  {
    title: 'Optimisation',
    keys: [
      'epochs',
      'batchSize',
      'batchSizeBackOff',
      'optimiser',
      'learningRate',
      'beta1',
      'beta2',
      'epsilon',
      'momentum',
      'schedule',
      'plateauMonitor',
      'plateauPatience',
      'plateauFactor',
      'minimumLearningRate',
      'warmupEpochs',
    ],
  },
  {
    title: 'Augmentation',
    keys: [
      'rotationDegrees',
      'zoomFraction',
      'shiftFraction',
      'flipHorizontal',
      'flipVertical',
      'augmentationBank',
    ],
  },
  {
    title: 'Loss and best epoch',
    keys: [
      'loss',
      'focalGamma',
      'labelSmoothing',
      'classWeights',
      'monitor',
      'earlyStoppingPatience',
      'restoreBest',
    ],
  },
  { title: 'Repeatability', keys: ['seed', 'device', 'intraOpThreads', 'interOpThreads', 'oneDnn'] },
];

type Property = z.core.JSONSchema.BaseSchema;

/** Every key of TrainingConfig, once, in the order in which a person meets them. */
export const CONFIG_FIELDS: readonly ConfigField[] = describeFields();

function describeFields(): ConfigField[] {
  const properties = z.toJSONSchema(TrainingConfig, { io: 'input' }).properties ?? {};
  const fields = GROUPS.flatMap(({ title, keys }) =>
    keys.map((key) => describeField(key, title, properties[key] as Property)),
  );
  const grouped = fields.map(({ key }) => key);
  const missing = Object.keys(properties).filter((key) => !grouped.includes(key as ConfigKey));
  if (missing.length > 0 || new Set(grouped).size !== grouped.length) {
    throw new AppError('internal', `Each key of the configuration needs one group; without: [${missing}].`);
  }
  return fields;
}

function describeField(key: ConfigKey, group: string, property: Property): ConfigField {
  const types = typeof property.type === 'string' ? [property.type] : (property.type ?? []);
  const options = property.anyOf?.map((option) => option as Property) ?? [
    ...types.map((type): Property => ({ ...property, type: type as NonNullable<Property['type']> })),
  ];
  const main = options.find(({ type, const: constant }) => type !== 'null' && constant === undefined)!;
  const words = options.flatMap(({ const: constant }) => (typeof constant === 'string' ? [constant] : []));
  const choices = (main.enum as string[] | undefined) ?? words;
  return {
    key,
    flag: key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    group,
    kind: main.enum ? 'choice' : kindOf(main.type),
    choices,
    nullable: options.some(({ type }) => type === 'null'),
    ...boundsOf(main),
    defaultValue: property.default,
    description: property.description ?? '',
  };
}

function kindOf(type: Property['type']): ConfigField['kind'] {
  if (type === 'boolean' || type === 'number' || type === 'integer') return type;
  return 'text';
}

/** An integer above 0 is at least 1. JSON Schema states the largest safe integer where there is no bound. */
function boundsOf(property: Property): { minimum: number | null; maximum: number | null } {
  const number = (value: unknown) => (typeof value === 'number' ? value : null);
  const step = property.type === 'integer' ? 1 : 0;
  const above = number(property.exclusiveMinimum);
  const below = number(property.exclusiveMaximum);
  const maximum = number(property.maximum) ?? (below === null ? null : below - step);
  return {
    minimum: number(property.minimum) ?? (above === null ? null : above + step),
    maximum: maximum !== null && maximum >= Number.MAX_SAFE_INTEGER ? null : maximum,
  };
}

/**
 * A field's value from what a person typed. Bounds are the schema's to check.
 * @throws AppError `bad-input` naming the flag when the text is no number where one is needed
 */
export function parseFieldText(field: ConfigField, text: string): unknown {
  if (field.nullable && ['none', 'null'].includes(text)) return null;
  if (field.kind === 'text' || field.kind === 'choice' || field.choices.includes(text)) return text;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  const words = [...field.choices, ...(field.nullable ? ['none'] : [])].map((word) => `"${word}"`);
  throw new AppError(
    'bad-input',
    `--${field.flag} needs ${['a number', ...words].join(' or ')}; received "${text}".`,
  );
}
