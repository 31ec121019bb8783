/** The licences under which this program and what it carries come, as texts to read. Runs in the host. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { explainSystemError } from '../contract/system-error.ts';

const FILES = [
  ['Lesion Lab: Apache License 2.0', 'LICENSE'],
  ['Third-party notices', 'THIRD-PARTY-NOTICES.md'],
  ['Software that it is made of', 'resources/software-notices.txt'],
] as const;

/** @throws AppError `not-found` where a file is missing from the installation */
export async function licenceNotices(): Promise<{ title: string; text: string }[]> {
  try {
    return await Promise.all(
      FILES.map(async ([title, file]) => ({
        title,
        text: await readFile(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8'),
      })),
    );
  } catch (thrown) {
    throw explainSystemError(thrown);
  }
}
