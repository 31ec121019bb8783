/**
 * Gathers the licences of the packages that the product is made of into resources/software-notices.txt, which the window shows. Run it
 * after dependencies change: node scripts/run.mjs scripts/software-notices.ts. Packages that only build or test the product are
 * not in it; what Electron and Chromium are made of, Electron brings with itself.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const TARGET = join(ROOT, 'resources', 'software-notices.txt');
/** Of devDependencies: what is built into the window, and what the window runs in. */
const IN_THE_WINDOW = ['svelte', 'chart.js', 'bits-ui', 'virtua', 'electron'];
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

export interface Software {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** The whole of its licence files; empty where it carries none. */
  readonly text: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string | { readonly type: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The product's packages and all that they need in turn, in the order of their names. */
export function shippedSoftware(root = ROOT): Software[] {
  const product = readManifest(root);
  const found = new Map<string, Software>();
  const visit = (name: string, from: string): void => {
    const folder = folderOf(name, from);
    if (!folder || name.startsWith('@types/')) return;
    const manifest = readManifest(folder);
    const key = `${name} ${manifest.version}`;
    if (found.has(key)) return;
    found.set(key, softwareIn(folder, manifest));
    if (name === 'electron') return;
    for (const next of Object.keys(manifest.dependencies ?? {})) visit(next, folder);
  };
  for (const name of [...Object.keys(product.dependencies ?? {}), ...IN_THE_WINDOW]) visit(name, root);
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** A list of all, then each licence text once, below the packages that it belongs to. */
export function noticesOf(software: readonly Software[]): string {
  const list = software.map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
  const owners = new Map<string, string[]>();
  for (const { name, text } of software) {
    if (text !== '') owners.set(text, [...(owners.get(text) ?? []), name]);
  }
  const texts = [...owners].map(([text, names]) => `${'='.repeat(80)}\n${names.join(', ')}\n\n${text}`);
  return `${[list.join('\n'), ...texts].join('\n\n')}\n`;
}

function softwareIn(folder: string, { name, version, license }: Manifest): Software {
  const files = readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file))
    .sort();
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return {
    name,
    version,
    licence: typeof license === 'string' ? license : (license?.type ?? 'see its text'),
    text: texts.join('\n\n'),
  };
}

/** As Node finds a package: beside, then in each folder above. Null: an optional one that this system has not. */
function folderOf(name: string, from: string): string | null {
  const folder = join(from, 'node_modules', name);
  if (existsSync(join(folder, 'package.json'))) return folder;
  return dirname(from) === from ? null : folderOf(name, dirname(from));
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

if (import.meta.main) writeFileSync(TARGET, noticesOf(shippedSoftware()));
