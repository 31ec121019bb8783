/** What is measured: the list of rows, each with the task that both sides get. */
import { TrainingConfig, type TrainingConfigInput } from '../src-main/contract/schema/config.ts';
import { AUGMENTATION_A } from '../src-main/models/presets.ts';
import { findModel, presetConfig } from '../src-main/models/registry.ts';
import type { Pictures, Task, TaskKind } from './task.ts';

export interface Case {
  readonly name: string;
  readonly target: string | null;
  readonly task: Task;
  /** Whether the peak memory of both sides is a row of its own. */
  readonly memory: boolean;
}

const CLASSES = 7;
const STEPS = 6;
/** So that what a preparation costs once weighs as little as in a real one. */
const PREPARE_ROUNDS = 8;

const QUICK = ['train/mobile_net/batch-32', 'train/mobile_net/batch-10', 'single/mobile_net'];

/** What takes under a minute: three rows at half the work, and none of memory, so that one start of each side is enough. */
export function quickCases(pictures: Pictures): Case[] {
  return listCases(pictures)
    .filter(({ name }) => QUICK.includes(name))
    .map(({ task, ...rest }) => {
      const files = task.pictures.files.slice(0, Math.ceil(task.pictures.files.length / 2));
      const half = { ...task, images: Math.ceil(task.images / 2), pictures: { ...pictures, files } };
      return { ...rest, task: half, memory: false };
    });
}

/** The whole table on `pictures`, in the order of its rows. */
export function listCases(pictures: Pictures): Case[] {
  const train = (model: string, target: string | null, settings: Partial<TrainingConfigInput> = {}): Case => {
    const task = taskOf('train', model, pictures, settings);
    const { batchSize, trainableLayers, augmentationBank } = task.config;
    const depth = task.backbone && trainableLayers === 'all' ? '/all-layers' : '';
    const bank = augmentationBank > 0 ? `/bank-${augmentationBank}` : '';
    return { name: `train/${model}${depth}${bank}/batch-${batchSize}`, target, task, memory: true };
  };
  const other = (kind: TaskKind, model: string, target: string, memory: boolean): Case => {
    const task = taskOf(kind, model, pictures);
    const name = kind === 'prepare' ? 'prepare/jpeg' : `${kind}/${model}`;
    return { name, target, task, memory };
  };
  return [
    train('mobile_net', '>= 3'),
    train('mobile_net', '>= 3', { batchSize: 10 }),
    train('mobile_net', null, { augmentationBank: 5 }),
    other('single', 'mobile_net', '< 20 ms', false),
    other('prepare', 'mobile_net', '>= 3', false),
    other('predict', 'mobile_net', '>= 1.5', true),
    other('predict', 'efficientnet_lite0', '>= 1.5', true),
    train('mobile_net', '>= 1.5', { trainableLayers: 'all' }),
    train('efficientnet_lite0', '>= 1.5', { trainableLayers: 'all' }),
    train('efficientnet_lite0', '>= 2'),
    train('mobile_net2', '>= 2'),
    train('res_net', '>= 2'),
    train('dense_net', '>= 2'),
    train('nn1', '>= 1.5'),
    train('cnn1', '>= 1.5'),
    train('cnn2', '>= 1.5'),
  ];
}

/** The published settings of a model, at batch 32, and augmented also where the published ones are not. */
function taskOf(
  kind: TaskKind,
  model: string,
  pictures: Pictures,
  settings: Partial<TrainingConfigInput> = {},
): Task {
  const augmentation = model === 'mobile_net2' ? {} : AUGMENTATION_A;
  const config = TrainingConfig.parse(presetConfig(model, { batchSize: 32, ...augmentation, ...settings }));
  const { backbone, headDropout } = findModel(model);
  const perFile = kind === 'single' || kind === 'prepare';
  const steps = config.batchSize === 32 ? STEPS : 2 * STEPS;
  const rounds = kind === 'prepare' ? PREPARE_ROUNDS : 1;
  const images = perFile ? rounds * pictures.files.length : steps * config.batchSize;
  return { kind, config, backbone, headDropout, classCount: CLASSES, images, pictures };
}
