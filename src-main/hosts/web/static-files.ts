/** The built window: exactly the files that were there at start, found by name in a list and never by path. Runs in the host. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

export interface StaticFile {
  readonly type: string;
  /** Named by its content, so that a browser may keep it. */
  readonly immutable: boolean;
  read(): Promise<Buffer>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** @returns each file by its path in an address; `/` is the page. A file of another type is not served. */
export function listStaticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || !type) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    files.set(path, { type, immutable: path.startsWith('/assets/'), read: () => readFile(file) });
  }
  const page = files.get('/index.html');
  if (page) files.set('/', page);
  return files;
}
