/** The window's way to the application: the same client over whatever link the host offers. Runs in the window. */
import { type ApiContract, apiContract } from '../../src-main/contract/api.ts';
import { AppError } from '../../src-main/contract/errors.ts';
import { bridgeLink } from '../../src-main/rpc/bridge-link.ts';
import { type Client, connect } from '../../src-main/rpc/client.ts';
import { webSocketLink } from '../../src-main/rpc/web-socket-link.ts';
import { electronBridge } from './bridge.ts';

export type Api = Client<ApiContract>;

/** @throws AppError `worker-died` when the host does not answer, or no longer knows this window. */
export async function openConnection(): Promise<Api> {
  return electronBridge ? connect(bridgeLink(electronBridge), apiContract) : openWebSocket();
}

function openWebSocket(): Promise<Api> {
  const socket = new WebSocket(`ws://${location.host}/api`);
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(connect(webSocketLink(socket), apiContract)), {
      once: true,
    });
    socket.addEventListener(
      'error',
      () => reject(new AppError('worker-died', 'Lesion Lab does not answer, or this window is signed out.')),
      { once: true },
    );
  });
}
