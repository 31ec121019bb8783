import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../../src-main/contract/errors.ts';
import { childProcessLink } from '../../src-main/rpc/child-process-link.ts';
import { connect } from '../../src-main/rpc/client.ts';
import { memoryLinkPair } from '../../src-main/rpc/memory-link.ts';
import { type Handlers, serve } from '../../src-main/rpc/server.ts';
import { webSocketLink } from '../../src-main/rpc/web-socket-link.ts';
import { echoContract, echoHandlers } from './fixtures/echo-contract.ts';
import { describeLink } from './link-suite.ts';

const workerFile = fileURLToPath(new URL('fixtures/echo-worker.ts', import.meta.url));

describeLink('memory', async () => {
  const [near, far] = memoryLinkPair();
  const server = serve(
    far,
    echoContract,
    echoHandlers((name, payload) => server.emit(name, payload)),
  );
  return { link: near, dispose: async () => near.close() };
});

describeLink('child process', async () => {
  const child = fork(workerFile, { execArgv: [] });
  const exited = once(child, 'exit');
  const link = childProcessLink(child);
  return {
    link,
    async dispose() {
      link.close();
      await exited;
    },
  };
});

async function openWebSocket() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    const { emit } = serve(
      webSocketLink(socket),
      echoContract,
      echoHandlers((name, payload) => emit(name, payload)),
    );
  });
  const { port } = server.address() as { port: number };
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await once(socket, 'open');
  return { server, socket, link: webSocketLink(socket) };
}

describeLink('WebSocket', async () => {
  const { server, link } = await openWebSocket();
  return {
    link,
    async dispose() {
      link.close();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
});

describe('a WebSocket', () => {
  test('that carries text which is no JSON goes on working', async () => {
    const { server, socket, link } = await openWebSocket();
    const client = connect(link, echoContract);
    socket.send('{"type":');
    socket.send(Buffer.from([1, 2, 3]));
    expect(await client.call('echo.upper', { text: 'still here' })).toBe('STILL HERE');
    link.close();
    server.close();
  });

  test('that breaks fails the pending call', async () => {
    const { server, link } = await openWebSocket();
    const client = connect(link, echoContract);
    client.on('started', () => {
      for (const socket of server.clients) socket.terminate();
    });
    await expect(client.call('echo.wait', {})).rejects.toMatchObject({ code: 'worker-died' });
    server.close();
  });
});

describe('a child process', () => {
  test('killed with -9 fails the pending call with worker-died and names the signal', async () => {
    const client = connect(childProcessLink(fork(workerFile, { execArgv: [] })), echoContract);
    const pid = await client.call('echo.pid', {});
    client.on('started', () => process.kill(pid, 'SIGKILL'));
    await expect(client.call('echo.wait', {})).rejects.toMatchObject({
      code: 'worker-died',
      details: { exitCode: null, signal: 'SIGKILL' },
    });
  });

  test('that cannot be started fails the call in place of hanging', async () => {
    const child = fork(workerFile, { execArgv: [], execPath: '/nowhere/node' });
    const call = connect(childProcessLink(child), echoContract).call('echo.upper', { text: 'a' });
    await expect(call).rejects.toMatchObject({ code: 'worker-died' });
  });
});

describe('serve', () => {
  test('does not start when a procedure has no handler, or a handler no procedure', () => {
    const [, far] = memoryLinkPair();
    const { 'echo.pid': _left, ...incomplete } = echoHandlers(() => undefined);
    expect(() => serve(far, echoContract, incomplete as Handlers<typeof echoContract>)).toThrow(/echo\.pid/);
    const extra = { ...echoHandlers(() => undefined), 'echo.more': () => null };
    expect(() => serve(far, echoContract, extra)).toThrow(/echo\.more/);
  });

  test('lets what handlers throw be explained before it is sent', async () => {
    const [near, far] = memoryLinkPair();
    const defects: unknown[] = [];
    serve(
      far,
      echoContract,
      echoHandlers(() => undefined),
      {
        explain: (thrown) =>
          thrown instanceof TypeError ? new AppError('disk-full', 'The disk is full.') : thrown,
        onDefect: (thrown) => defects.push(thrown),
      },
    );
    const client = connect(near, echoContract);
    await expect(client.call('echo.defect', {})).rejects.toMatchObject({ code: 'disk-full' });
    await expect(client.call('echo.fail', {})).rejects.toMatchObject({ code: 'bad-split' });
    expect(defects).toEqual([]);
  });

  test('aborts its handlers when the caller goes away', async () => {
    const [near, far] = memoryLinkPair();
    let aborted: () => void;
    const gone = new Promise<void>((resolve) => {
      aborted = resolve;
    });
    const server = serve(far, echoContract, {
      ...echoHandlers((name, payload) => server.emit(name, payload)),
      'echo.wait': (_input, { signal }) => {
        signal.addEventListener('abort', () => aborted());
        server.emit('started', {});
        return new Promise(() => undefined);
      },
    });
    const client = connect(near, echoContract);
    client.on('started', () => client.close());
    await expect(client.call('echo.wait', {})).rejects.toMatchObject({ code: 'worker-died' });
    await gone;
  });
});
