/** One suite for every transport: whatever carries the messages, callers see the same. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppError } from '../../src-main/contract/errors.ts';
import { type Client, connect } from '../../src-main/rpc/client.ts';
import type { Link } from '../../src-main/rpc/link.ts';
import { echoContract } from './fixtures/echo-contract.ts';

/** The client's end of a link whose other end serves the echo contract. `dispose` waits until nothing is left. */
export interface OpenedLink {
  readonly link: Link;
  dispose(): Promise<void>;
}

export function describeLink(name: string, open: () => Promise<OpenedLink>): void {
  describe(`a ${name} link`, () => {
    let opened: OpenedLink;
    let client: Client<typeof echoContract>;
    let defects: AppError[];

    beforeEach(async () => {
      opened = await open();
      defects = [];
      client = connect(opened.link, echoContract, (error) => defects.push(error));
    });
    afterEach(() => opened.dispose());

    test('brings the answer, with the defaults of the input filled in', async () => {
      expect(await client.call('echo.upper', { text: 'naevus' })).toBe('NAEVUS');
    });

    test('keeps answers apart when many calls are under way', async () => {
      const texts = Array.from({ length: 50 }, (_, i) => `t${i}`);
      const answers = await Promise.all(texts.map((text) => client.call('echo.upper', { text, times: 2 })));
      expect(answers).toEqual(texts.map((text) => text.toUpperCase().repeat(2)));
    });

    test('carries a megabyte whole', async () => {
      const text = 'é'.repeat(500_000);
      expect(await client.call('echo.upper', { text })).toBe('É'.repeat(500_000));
    });

    test('brings a failure with code, message and details', async () => {
      await expect(client.call('echo.fail', {})).rejects.toMatchObject({
        name: 'AppError',
        code: 'bad-split',
        message: 'The split leaves class "df" out.',
        details: { missing: ['df'] },
      });
    });

    test('reports a defect as internal, without its stack', async () => {
      await expect(client.call('echo.defect', {})).rejects.toMatchObject({
        code: 'internal',
        message: 'x is not a function',
      });
    });

    test('refuses input that does not fit, naming the key', async () => {
      const call = client.call('echo.upper', { text: 5 as unknown as string });
      await expect(call).rejects.toMatchObject({ code: 'bad-input' });
      await expect(call).rejects.toThrow(/"text"/);
    });

    test('refuses a procedure that does not exist, with the nearest name', async () => {
      const call = client.call('echo.uper' as 'echo.upper', { text: 'a' });
      await expect(call).rejects.toThrow(/did you mean "echo.upper"/);
    });

    test('refuses an answer that does not fit the contract', async () => {
      await expect(client.call('echo.lie', {})).rejects.toMatchObject({ code: 'internal' });
    });

    test('delivers events in order, before the answer that follows them', async () => {
      const seen: number[] = [];
      const stop = client.on('counted', ({ value }) => seen.push(value));
      await client.call('echo.count', { to: 100 });
      expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
      stop();
      await client.call('echo.count', { to: 3 });
      expect(seen).toHaveLength(100);
    });

    test('turns an aborted signal into a cancel and waits for what the handler makes of it', async () => {
      const controller = new AbortController();
      client.on('started', () => controller.abort());
      expect(await client.call('echo.wait', {}, { signal: controller.signal })).toEqual({
        status: 'cancelled',
      });
    });

    test('does not start a call whose signal is aborted already', async () => {
      const call = client.call('echo.wait', {}, { signal: AbortSignal.abort() });
      await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    });

    test('fails what is pending, and what comes later, when it closes', async () => {
      const started = new Promise<void>((resolve) => client.on('started', () => resolve()));
      const call = client.call('echo.wait', {});
      const failure = expect(call).rejects.toMatchObject({ code: 'worker-died' });
      await started;
      const closed = new Promise((resolve) => client.onClose(resolve));
      client.close();
      await failure;
      await closed;
      await expect(client.call('echo.upper', { text: 'a' })).rejects.toMatchObject({ code: 'worker-died' });
    });

    test('survives rubbish on the line', async () => {
      for (const rubbish of [null, 7, 'x', [], { type: 'response' }, { type: 'request', id: 'a' }, {}]) {
        opened.link.send(rubbish);
      }
      expect(await client.call('echo.upper', { text: 'still here' })).toBe('STILL HERE');
      expect(defects).toEqual([]);
    });
  });
}
