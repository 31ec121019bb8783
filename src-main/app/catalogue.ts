/** Models and ImageNet weights, asked of a worker once and remembered while the application runs. Runs in the host. */
import type { ModelInfo, WeightListing, WeightsImport } from '../contract/schema/catalogue.ts';
import { type AppContext, runJob, weightFolders } from './context.ts';

export interface Catalogue {
  models(): Promise<ModelInfo[]>;
  weights(): Promise<WeightListing[]>;
  importWeights(
    request: { path: string; backbone?: string | undefined },
    signal?: AbortSignal,
  ): Promise<WeightsImport>;
}

export function createCatalogue(context: AppContext): Catalogue {
  let known: Promise<ModelInfo[]> | null = null;
  const folders = weightFolders(context);
  return {
    models() {
      known ??= runJob(context, (worker) => worker.call('model.list', { folders })).catch((error) => {
        known = null;
        throw error;
      });
      return known;
    },
    weights: () => runJob(context, (worker) => worker.call('weights.list', { folders })),
    async importWeights(request, signal) {
      known = null;
      const input = { ...request, folder: context.folder.weights };
      return runJob(context, (worker) => worker.call('weights.import', input, { signal }), signal);
    },
  };
}
