/** How much the data folder takes, and how much more would fit. Runs in the host. */
import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** Files that go away while they are counted count as nothing. */
export async function folderBytes(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

export async function storageOf(root: string): Promise<{ usedBytes: number; freeBytes: number }> {
  const { bavail, bsize } = await statfs(root);
  return { usedBytes: await folderBytes(root), freeBytes: bavail * bsize };
}
