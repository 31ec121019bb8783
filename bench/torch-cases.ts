/**
 * What is measured beside PyTorch: those of the rows whose network torchvision has, or has a relative of. Where it is the same network
 * the same layers train; a relative is named in the row and trains whole, since its layers have no counterpart.
 */
import type { Case } from './cases.ts';

interface Counterpart {
  readonly network: string;
  readonly isSame: boolean;
}

/** torchvision has neither MobileNet v1 nor EfficientNet-Lite0. */
const TORCHVISION: Readonly<Record<string, Counterpart>> = {
  res_net: { network: 'resnet50', isSame: true },
  dense_net: { network: 'densenet121', isSame: true },
  mobile_net: { network: 'mobilenet_v2', isSame: false },
  efficientnet_lite0: { network: 'efficientnet_b0', isSame: false },
};

export function torchCases(cases: readonly Case[]): Case[] {
  return cases.flatMap((each) => {
    const { kind, config } = each.task;
    const counterpart = TORCHVISION[config.model];
    if (!counterpart || (kind !== 'train' && kind !== 'predict')) return [];
    if (kind === 'train' && !counterpart.isSame && config.trainableLayers !== 'all') return [];
    const name = `${each.name} (torchvision ${counterpart.network})`;
    return [{ ...each, name, target: null, task: { ...each.task, torchvision: counterpart.network } }];
  });
}
