/**
 * When a program that was started with a window ends: once its last window is closed and nothing trains any more; a run that
 * is paused then is interrupted, since nobody is there to continue it. A reload closes a window for a moment, so the end waits
 * a little. Runs in the host.
 */
import { apiContract } from '../../contract/api.ts';
import { connect } from '../../rpc/client.ts';
import type { Link } from '../../rpc/link.ts';

const RELOAD_GRACE_MS = 5_000;

export interface LastWindowOptions {
  /** To the application. */
  readonly link: Link;
  readonly allClosed: () => boolean;
  /** The windows are closed and a run goes on; told once, until there is a window again. */
  readonly onTrainingOn: () => void;
  readonly onEnd: () => void;
  readonly graceMs?: number | undefined;
}

/** @returns to be called whenever windows come or go. */
export function watchLastWindow(options: LastWindowOptions): () => void {
  const { link, allClosed, onTrainingOn, onEnd, graceMs = RELOAD_GRACE_MS } = options;
  const client = connect(link, apiContract);
  let timer: NodeJS.Timeout | undefined;
  let hasTold = false;

  const isTraining = async (): Promise<boolean> => {
    const { active } = await client.call('queue.get', {});
    return active !== null && !active.steering.paused;
  };
  const look = async () => {
    const goesOn = await isTraining();
    if (!allClosed()) return;
    if (!goesOn) return onEnd();
    if (!hasTold) onTrainingOn();
    hasTold = true;
  };
  const onChange = () => {
    clearTimeout(timer);
    if (allClosed()) timer = setTimeout(() => void look(), graceMs);
    else hasTold = false;
  };
  client.on('run.changed', onChange);
  client.on('queue.changed', onChange);
  return onChange;
}
