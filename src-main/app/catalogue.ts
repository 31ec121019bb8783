/** Models and ImageNet weights, asked of a worker once and remembered while the application runs. Runs in the host. */
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { ModelInfo, WeightListing, WeightsImport } from '../contract/schema/catalogue.ts';
import { explainSystemError } from '../contract/system-error.ts';
import { type AppContext, runJob, weightFolders } from './context.ts';

export interface Catalogue {
  models(): Promise<ModelInfo[]>;
  weights(): Promise<WeightListing[]>;
  importWeights(
    request: { path: string; backbone?: string | undefined },
    signal?: AbortSignal,
  ): Promise<WeightsImport>;
  /** @throws AppError `not-found` where none were imported */
  removeWeights(backbone: string): Promise<WeightListing[]>;
}

export function createCatalogue(context: AppContext): Catalogue {
  let known: Promise<ModelInfo[]> | null = null;
  const folders = weightFolders(context);
  const weights = () => runJob(context, (worker) => worker.call('weights.list', { folders }));
  return {
    models() {
      known ??= runJob(context, (worker) => worker.call('model.list', { folders })).catch((error) => {
        known = null;
        throw error;
      });
      return known;
    },
    weights,
    async importWeights(request, signal) {
      known = null;
      const input = { ...request, folder: context.folder.weights };
      return runJob(context, (worker) => worker.call('weights.import', input, { signal }), signal);
    },
    async removeWeights(backbone) {
      // by its folder: weights that cannot be read are what one most wants to be rid of
      const imported = existsSync(context.folder.weights) ? readdirSync(context.folder.weights) : [];
      if (!imported.includes(backbone)) {
        const which = imported.join(', ') || 'none';
        throw new AppError('not-found', `No weights of "${backbone}" were imported. Imported: ${which}.`);
      }
      try {
        await rm(join(context.folder.weights, backbone), { recursive: true, maxRetries: 3 });
      } catch (thrown) {
        throw explainSystemError(thrown);
      } finally {
        known = null;
      }
      return weights();
    },
  };
}
