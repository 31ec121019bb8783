/** The window's own files over HTTP: those that were built, or from a developer's server that changes them at once. Runs in the host. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listStaticFiles } from '../static-files.ts';

export interface WindowFiles {
  /** @returns whether there is such a file; it is answered then. */
  answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Where the window may connect to besides its host, as in `connect-src`. */
  readonly connections: readonly string[];
  /** Whether the window's policy allows what a developer's server puts in. */
  readonly isDevelopment: boolean;
  close(): Promise<void>;
}

export function builtWindow(folder: string): WindowFiles {
  const files = listStaticFiles(folder);
  return {
    connections: [],
    isDevelopment: false,
    async answer(path, { method }, response) {
      const file = files.get(path);
      if (!file) return false;
      response.setHeader('Content-Type', file.type);
      if (file.immutable) response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
      const content = await file.read();
      response
        .writeHead(200, { 'Content-Length': content.byteLength })
        .end(method === 'GET' ? content : undefined);
      return true;
    },
    close: async () => undefined,
  };
}
