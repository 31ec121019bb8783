/** What a window and the command line ask of the whole history. Runs in the host. */
import type { ApiContract } from '../contract/api.ts';
import type { PackedRuns, RunsStorage, SeedGroup } from '../contract/schema/history.ts';
import type { Handlers } from '../rpc/server.ts';
import { listRunFacets, listRunIds, listRunPage } from '../store/run-list.ts';
import { listSeeds, listSettingPoints } from '../store/run-settings.ts';
import { getRun } from '../store/runs.ts';
import { type AppContext, now } from './context.ts';
import { runFolder } from './paths.ts';
import { packRuns } from './run-archive-pack.ts';
import { unpackRuns } from './run-archive-unpack.ts';
import { isFinal } from './run-lifecycle.ts';
import type { RunTransfers } from './run-transfers.ts';
import { folderBytes } from './storage.ts';

export type HistoryProcedure =
  | 'run.page'
  | 'run.ids'
  | 'run.facets'
  | 'run.storage'
  | 'run.seeds'
  | 'run.points'
  | 'run.pack'
  | 'run.unpack';

export function historyHandlers(
  context: AppContext,
  transfers: RunTransfers,
  appVersion: string,
): Pick<Handlers<ApiContract>, HistoryProcedure> {
  const { db } = context;
  return {
    'run.page': (query) => listRunPage(db, query),
    'run.ids': ({ filter, sort }) => listRunIds(db, filter, sort),
    'run.facets': () => listRunFacets(db),
    'run.storage': ({ ids }) => storageOfRuns(context, ids),
    'run.seeds': ({ ids }) => seedGroups(context, ids),
    'run.points': (question) => listSettingPoints(db, question),
    'run.pack': ({ ids, path }, { signal }) => pack(context, { transfers, ids, path, appVersion }, signal),
    async 'run.unpack'({ path, skipExisting }, { signal }) {
      const file = transfers.isAsset(path) ? transfers.fileOf(path).path : path;
      const unpacked = await unpackRuns(
        context,
        { path: file, skipExisting },
        { signal, onBytes: teller(context) },
      );
      if (transfers.isAsset(path)) transfers.forget(path);
      return unpacked;
    },
  };
}

async function pack(
  context: AppContext,
  request: { transfers: RunTransfers; ids: readonly number[]; path: string | null; appVersion: string },
  signal: AbortSignal,
): Promise<PackedRuns> {
  const { transfers, ids, appVersion } = request;
  const options = { signal, onBytes: teller(context) };
  if (request.path !== null) {
    const packed = await packRuns(context, { ids, path: request.path, appVersion }, options);
    return { ...packed, asset: null };
  }
  const { asset, path } = transfers.reserve(`lesion-lab-runs-${now().slice(0, 10)}.zip`);
  try {
    return { ...(await packRuns(context, { ids, path, appVersion }, options)), asset };
  } catch (thrown) {
    transfers.forget(asset);
    throw thrown;
  }
}

const TELL_EVERY_MS = 100;

/** Tells windows how far it is, at most ten times a second. */
function teller(context: AppContext): (done: number, total: number) => void {
  let toldAt = 0;
  return (done, total) => {
    if (Date.now() - toldAt < TELL_EVERY_MS && done < total) return;
    toldAt = Date.now();
    context.emit('run.carrying', { done, total, remainingMs: null });
  };
}

/** What deleting these runs would free, and which of them cannot be deleted now. @throws AppError `not-found` */
async function storageOfRuns({ db, folder }: AppContext, ids: readonly number[]): Promise<RunsStorage> {
  const busy = ids.filter((id) => !isFinal(getRun(db, id).status));
  let bytes = 0;
  for (const id of ids) if (!busy.includes(id)) bytes += await folderBytes(runFolder(folder, id));
  return { bytes, busy };
}

/** For each run the completed runs of its configuration whatever their seed; equal groups once. @throws AppError `not-found` */
function seedGroups({ db }: AppContext, ids: readonly number[]): SeedGroup[] {
  const seen = new Set<number>();
  return ids.flatMap((id) => {
    const runs = listSeeds(db, id);
    if (!runs[0] || seen.has(runs[0].id)) return [];
    seen.add(runs[0].id);
    return [{ runs }];
  });
}
