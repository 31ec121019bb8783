/** The built window: exactly the files that were there at start, found by name in a list and never by path. Runs in the host. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

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
  addFiles(files, folder, '');
  const page = files.get('/index.html');
  if (page) files.set('/', page);
  return files;
}

/** Goes down by itself: reading a folder with all below it is not to be had inside Electron's archive. */
function addFiles(files: Map<string, StaticFile>, folder: string, path: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = join(folder, entry.name);
    const name = `${path}/${entry.name}`;
    const type = TYPES[extname(entry.name)];
    if (entry.isDirectory()) addFiles(files, file, name);
    else if (entry.isFile() && type) {
      files.set(name, { type, immutable: name.startsWith('/assets/'), read: () => readFile(file) });
    }
  }
}
