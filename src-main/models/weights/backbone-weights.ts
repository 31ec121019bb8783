/**
 * Finds the ImageNet weights of a backbone: bundled with the product or imported by its user. Runs in the worker.
 */
import { join } from 'node:path';
import { BACKBONES, type BackboneId } from '../backbones.ts';
import type { NamedWeights } from '../named-weights.ts';
import { readBundle, readBundleIndex } from './bundle.ts';

/**
 * Weights of a backbone from the first of `folders` that has them (each holds one sub-folder a backbone); null where none has.
 * Red, green, blue order. @throws AppError `corrupt`, `newer-version`
 */
export function loadBackboneWeights(backbone: BackboneId, folders: readonly string[]): NamedWeights | null {
  for (const folder of folders) {
    const weights = readBundle(join(folder, backbone));
    if (weights) return weights;
  }
  return null;
}

/** One row of `lab weights list`. */
export interface WeightListing {
  readonly backbone: BackboneId;
  readonly title: string;
  /** Folder that holds them; null where they are missing. */
  readonly folder: string | null;
  readonly sha256: string | null;
  /** Name of the file that was imported; null for bundled ones. */
  readonly importedFrom: string | null;
  /** Where to get them when they are missing; null for those that come with the product. */
  readonly fetch: { readonly file: string; readonly address: string } | null;
}

/** Every backbone, with the place of its weights. @throws AppError `corrupt`, `newer-version` */
export function listWeights(folders: readonly string[]): WeightListing[] {
  return BACKBONES.map((backbone) => {
    const found = folders
      .map((folder) => join(folder, backbone.id))
      .map((folder) => ({ folder, index: readBundleIndex(folder) }))
      .find(({ index }) => index !== null);
    return {
      backbone: backbone.id,
      title: backbone.title,
      folder: found?.folder ?? null,
      sha256: found?.index?.sha256 ?? null,
      importedFrom: found?.index?.source?.file ?? null,
      fetch: backbone.weights === 'bundled' ? null : backbone.weights,
    };
  });
}
