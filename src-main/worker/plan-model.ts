/**
 * From a configuration to the network that a run trains and the weights that it begins with. Runs in the worker; loads no
 * TensorFlow.
 */
import { AppError } from '../contract/errors.ts';
import { remedies } from '../contract/remedies.ts';
import type { TrainingConfig } from '../contract/schema/config.ts';
import type { DatasetManifest } from '../contract/schema/dataset.ts';
import type { Network } from '../contract/schema/network.ts';
import type { BackboneId } from '../models/backbones.ts';
import { firstTrainableLayer } from '../models/first-trainable.ts';
import { initialWeights } from '../models/initialise.ts';
import type { NamedWeights } from '../models/named-weights.ts';
import { type ResolvedModel, resolveModel } from '../models/resolve.ts';
import { weightSpecs } from '../models/shapes.ts';
import { loadBackboneWeights } from '../models/weights/backbone-weights.ts';

export interface ModelInputs {
  readonly manifest: DatasetManifest;
  readonly config: TrainingConfig;
  /** Where the file of an own model lies now; null where the model comes with the product. */
  readonly modelFile: string | null;
  readonly folders: { readonly weights: readonly string[] };
}

export interface PlannedModel {
  readonly model: ResolvedModel;
  readonly network: Network;
  /** What training begins with. */
  readonly weights: NamedWeights;
  /** For the run's notes when a backbone begins without ImageNet weights. */
  readonly fromScratch: string | null;
}

/** @throws AppError `not-found`, `bad-model`, `bad-input`, `missing-component` (no ImageNet weights), `corrupt`, `newer-version` */
export async function planModel({
  manifest,
  config,
  modelFile,
  folders,
}: ModelInputs): Promise<PlannedModel> {
  const model = await resolveModel({ model: config.model, modelFile });
  const built = model.build({
    heightPx: config.imageHeightPx,
    widthPx: config.imageWidthPx,
    classCount: manifest.classes.length,
    headDropout: config.headDropout,
    headBatchNorm: config.headBatchNorm,
    headL2: config.headL2,
  });
  const network = withMomentum(built, config.batchNormMomentum);
  return { model, network, ...firstWeights(config, folders.weights, model, network) };
}

function withMomentum(network: Network, momentum: number | null): Network {
  if (momentum === null) return network;
  const layers = network.layers.map((layer) =>
    layer.type === 'batch-norm' ? { ...layer, momentum } : layer,
  );
  return { ...network, layers };
}

function firstWeights(
  config: TrainingConfig,
  folders: readonly string[],
  { backbone, weights }: ResolvedModel,
  network: Network,
): Pick<PlannedModel, 'weights' | 'fromScratch'> {
  const fresh = () => initialWeights(network, config.seed);
  if (backbone === null) {
    const given = config.initialWeights === 'scratch' ? null : weights(network);
    return { weights: initialWeights(network, config.seed, given ?? undefined), fromScratch: null };
  }
  if (config.initialWeights === 'scratch') {
    return { weights: fresh(), fromScratch: describeScratch(backbone, network, config.trainableLayers) };
  }
  const pretrained = loadBackboneWeights(backbone, folders);
  if (!pretrained) {
    throw new AppError(
      'missing-component',
      `ImageNet weights of ${backbone} are not there. Once you have the file (the README names it), ${remedies(process.env).weightsFile('FILE')}; or train without them (--initial-weights scratch).`,
    );
  }
  requireWhole(network, pretrained, backbone);
  return { weights: initialWeights(network, config.seed, pretrained), fromScratch: null };
}

function describeScratch(
  backbone: BackboneId,
  network: Network,
  trainable: TrainingConfig['trainableLayers'],
): string {
  const frozen = firstTrainableLayer(network, trainable) - 1;
  const said = `The ${backbone} backbone was trained from scratch, without ImageNet weights.`;
  return frozen > 0
    ? `${said} Its first ${frozen} layers were frozen as drawn at random ("all" trainable layers trains them too).`
    : said;
}

/** A backbone of which some layers began at random would pass for a pretrained one. */
function requireWhole(network: Network, pretrained: NamedWeights, backbone: BackboneId): void {
  const backboneLayers = new Set(network.layers.slice(0, network.backboneLayerCount).map(({ name }) => name));
  const misfit = weightSpecs(network).filter(({ key, layer, shape }) => {
    if (!backboneLayers.has(layer)) return false;
    return pretrained.get(key)?.shape.join() !== shape.join();
  });
  if (misfit.length === 0) return;
  const named = misfit.slice(0, 3).map(({ key, shape }) => {
    const found = pretrained.get(key);
    return `${key} [${shape}] ${found ? `is [${found.shape}]` : 'is missing'}`;
  });
  throw new AppError(
    'bad-model',
    `The weights kept for ${backbone} belong to another architecture: ${misfit.length} arrays do not fit (${named.join('; ')}). Of the right file: ${remedies(process.env).weightsFile('FILE')}.`,
  );
}
