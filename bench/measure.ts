/** Runs a case on both sides in turns, ours first: A B A B. */
import type { Case } from './cases.ts';
import { latencyRow, type Pair, type Row, rowOf, speedRow } from './rows.ts';
import { openSide, type Program, type Side } from './side.ts';

export interface Sides {
  readonly ours: Side;
  readonly peer: Side;
}

/**
 * Starts both. @throws Error when their devices or versions of TensorFlow differ: such a comparison says nothing about the code
 */
export async function openSides(ours: Program, peer: Program): Promise<Sides> {
  const [first, second] = await Promise.allSettled([openSide(ours), openSide(peer)]);
  const opened = [first, second].flatMap((side) => (side.status === 'fulfilled' ? [side.value] : []));
  const failed = [first, second].find((side) => side.status === 'rejected');
  const [left, right] = opened;
  if (left && right && isSame(left, right)) return { ours: left, peer: right };
  await Promise.all(opened.map((side) => side.close()));
  if (failed) throw failed.reason;
  const names = opened.map(
    ({ hello: { tensorflow, device, versions } }) =>
      `${tensorflow === null ? versions : `TensorFlow ${tensorflow}`} on the ${device.toUpperCase()}`,
  );
  throw new Error(
    `Ours runs ${names[0]}, the peer ${names[1]}; both must be the same (LESION_LAB_KERAS_PYTHON and LESION_LAB_TORCH_PYTHON name other Pythons).`,
  );
}

function isSame({ hello: ours }: Side, { hello: peer }: Side): boolean {
  return (peer.tensorflow ?? ours.tensorflow) === ours.tensorflow && ours.device === peer.device;
}

export async function closeSides({ ours, peer }: Sides): Promise<void> {
  await Promise.all([ours.close(), peer.close()]);
}

/** The row of a case, and that of its peak memory if the sides did nothing else before. */
export async function measureCase(
  { ours, peer }: Sides,
  { name, target, task, memory }: Case,
  pairCount: number,
): Promise<Row[]> {
  await Promise.all([ours.setUp(task), peer.setUp(task)]);
  const seconds: Pair[] = [];
  for (let pair = 0; pair < pairCount; pair++) {
    seconds.push({ ours: await ours.measure(), peer: await peer.measure() });
  }
  const summarise = task.kind === 'single' ? latencyRow : speedRow;
  const rows = [summarise({ name, target }, task.images, seconds)];
  const peaks = { ours: ours.peakBytes(), peer: peer.peakBytes() };
  if (memory && peaks.ours !== null && peaks.peer !== null) {
    const megabytes = { ours: peaks.ours / 1e6, peer: peaks.peer / 1e6 };
    rows.push(rowOf({ name: `memory/${name}`, target: '<= 0.7', unit: 'MB' }, [megabytes]));
  }
  return rows;
}
