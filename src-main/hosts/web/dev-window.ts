/**
 * For developers: the window's source through Vite, so that changes show at once. It stands behind the browser host and answers
 * what that lets through: who may ask stays as in the product. Runs in the host.
 */
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { WindowFiles } from './window-files.ts';

/** @param root the checkout */
export async function developedWindow(root: string): Promise<WindowFiles> {
  const [{ createServer: createVite }, { loadConfigFromFile }] = await Promise.all([
    import('vite'),
    import('electron-vite'),
  ]);
  const { config } = await loadConfigFromFile({ command: 'serve', mode: 'development' }, undefined, root);
  const { build: _forTheProduct, ...renderer } = config.renderer ?? {};
  const port = await freePort();
  const vite = await createVite({
    ...renderer,
    root: join(root, 'src-renderer'),
    configFile: false,
    logLevel: 'warn',
    // Its own socket for changes takes only those who know the token in the script that they were served.
    server: { middlewareMode: true, hmr: { host: '127.0.0.1', port, clientPort: port } },
  });
  return {
    connections: [`ws://127.0.0.1:${port}`],
    isDevelopment: true,
    answer: (_path, request, response) =>
      new Promise((resolve, reject) => {
        response.once('close', () => resolve(true));
        vite.middlewares(request, response, (error: unknown) => (error ? reject(error) : resolve(false)));
      }),
    close: () => vite.close(),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
