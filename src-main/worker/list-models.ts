/**
 * The models that can be trained, with their presets, which take a thread for each core of this machine, and the place of
 * their ImageNet weights. Runs in the worker.
 */
import { availableParallelism } from 'node:os';
import type { ModelInfo } from '../contract/schema/catalogue.ts';
import { defaultConfig, MODELS, presetConfig } from '../models/registry.ts';
import { listWeights } from '../models/weights/backbone-weights.ts';

/** @param weightFolders where ImageNet weights may lie; without any, all count as missing */
export function listModels(weightFolders: readonly string[]): ModelInfo[] {
  const weights = listWeights(weightFolders);
  const intraOpThreads = availableParallelism();
  return MODELS.map((model) => ({
    id: model.id,
    title: model.title,
    summary: model.summary,
    paper: model.paper,
    backbone: model.backbone,
    minimumSizePx: model.minimumSizePx,
    headDropout: model.headDropout,
    presets: {
      default: { ...defaultConfig(model.id), intraOpThreads },
      published: { ...presetConfig(model.id), intraOpThreads },
    },
    results: model.results,
    weights: weights.find(({ backbone }) => backbone === model.backbone) ?? null,
  }));
}
