/** What becomes of a job whose worker is ended by a Ctrl-C that reaches both. */
import { expect, test } from 'vitest';
import { silentLog } from '../../src-main/app/log.ts';
import { withWorker } from '../../src-main/app/worker-process.ts';
import { AppError } from '../../src-main/contract/errors.ts';
import { memoryLinkPair } from '../../src-main/rpc/memory-link.ts';

/** A worker whose end is told before anything else that happens in the same turn. */
function endedBy(name: string, then: (host: AbortController) => void) {
  const host = new AbortController();
  const options = {
    spawn: () => ({ link: memoryLinkPair()[0], kill: () => undefined, lastWords: () => '' }),
    environment: {},
    log: silentLog(),
    signal: host.signal,
  };
  return withWorker(options, async () => {
    setImmediate(() => then(host));
    throw new AppError('worker-died', 'The worker process was ended.', { details: { signal: name } });
  });
}

test('it is cancelled, though the host hears of its own signal after the worker has died', async () => {
  const cancelled = endedBy('SIGINT', (host) => host.abort());
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
});

test('it has died where nobody asked the host for an end, or something else ended it', async () => {
  const alone = endedBy('SIGINT', () => undefined);
  await expect(alone).rejects.toMatchObject({ code: 'worker-died' });
  const killed = endedBy('SIGKILL', (host) => host.abort());
  await expect(killed).rejects.toMatchObject({ code: 'worker-died' });
});
