/** Run as a process of its own by the tests: set-up's library step under its lock, in a fake checkout. */
import { withLock } from '../../scripts/setup/lock.mjs';
import { ensureLibrary } from '../../scripts/setup/native-library.mjs';
import type { Place } from '../../scripts/setup/place.mjs';

const place: Place = { ...JSON.parse(process.argv[2] ?? ''), say: () => undefined };
await withLock(place, () => ensureLibrary(place, { kind: 'wheel', variant: 'cpu' }, undefined));
