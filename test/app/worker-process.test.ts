/** What becomes of a job whose worker is ended from outside. */
import { expect, test } from 'vitest';
import { silentLog } from '../../src-main/app/log.ts';
import { withWorker } from '../../src-main/app/worker-process.ts';
import { AppError } from '../../src-main/contract/errors.ts';
import { memoryLinkPair } from '../../src-main/rpc/memory-link.ts';

const KEPT = 'Two rows are in the table.';

/** A worker whose end is told before anything else that happens in the same turn. */
function endedBy(
  name: string,
  then: (host: AbortController) => void,
  countMemoryKills: () => number = () => 0,
  lastWords = '',
) {
  const host = new AbortController();
  const options = {
    spawn: () => ({ link: memoryLinkPair()[0], kill: () => undefined, lastWords: () => lastWords }),
    environment: {},
    log: silentLog(),
    signal: host.signal,
    countMemoryKills,
  };
  return withWorker(options, async () => {
    setImmediate(() => then(host));
    throw new AppError('worker-died', 'The worker process was ended.', {
      details: { signal: name, kept: KEPT },
    });
  });
}

test('it is cancelled, though the host hears of its own signal after the worker has died', async () => {
  const cancelled = endedBy('SIGINT', (host) => host.abort());
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled', details: { kept: KEPT } });
});

test('it has died where nobody asked the host for an end, or something else ended it', async () => {
  const alone = endedBy('SIGINT', () => undefined);
  await expect(alone).rejects.toMatchObject({ code: 'worker-died' });
  const killed = endedBy('SIGKILL', (host) => host.abort());
  await expect(killed).rejects.toMatchObject({ code: 'worker-died' });
});

test('it lacked memory where the system has ended a process for that meanwhile, though it told nothing of its memory', async () => {
  let kills = 3;
  const starved = endedBy(
    'SIGKILL',
    () => undefined,
    () => kills++,
  );
  await expect(starved).rejects.toMatchObject({ code: 'out-of-memory', details: { kept: KEPT } });
  const another = endedBy(
    'SIGSEGV',
    () => undefined,
    () => kills++,
  );
  await expect(another).rejects.toMatchObject({ code: 'worker-died' });
});

test('what it died of is told, without the stack trace that TensorFlow or Node sets after it', async () => {
  const check = 'F0000 00:00:1795661342.1 99 gpu_launch_config.h:148] Check failed: work_element_count >= 0';
  const trace = '    @     0x7f8442a95a6f  tfnodejs::TFJSBackend::ExecuteOp()';
  const words = `${check}\n*** Check failure stack trace: ***\n${trace}\n----- Native stack trace -----\n 1: 0x0`;
  const died = endedBy(
    'SIGABRT',
    () => undefined,
    () => 0,
    words,
  );
  await expect(died).rejects.toMatchObject({
    message: `The worker process was ended. Its last words: ${check}`,
    details: { lastWords: words },
  });
});

test('it lacked memory where that is the last that was heard, not where the library went on after it', async () => {
  const lack =
    'W0000 00:00:1795661669.1 1 op_kernel.cc:1858] OP_REQUIRES failed: RESOURCE_EXHAUSTED: OOM when allocating tensor';
  const dies = (words: string) =>
    endedBy(
      'SIGSEGV',
      () => undefined,
      () => 0,
      words,
    );
  await expect(dies(`I0000 0.1 1 port.cc:153] oneDNN\n${lack}\n`)).rejects.toMatchObject({
    code: 'out-of-memory',
  });
  await expect(dies(`${lack}\nfirst\nsecond\nthird\n`)).rejects.toMatchObject({
    code: 'worker-died',
    message: 'The worker process was ended. Its last words: third',
  });
  const older =
    '2026-11-26 04:00:00.123456: W tensorflow/core/framework/cpu_allocator_impl.cc:82] Allocation of 1 exceeds 10%';
  await expect(dies(`third\n${older}\n`)).rejects.toMatchObject({
    message: 'The worker process was ended. Its last words: third',
  });
  await expect(dies('')).rejects.toMatchObject({ message: 'The worker process was ended.' });
});
