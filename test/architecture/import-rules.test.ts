/**
 * Which folder may import which: the two tables of the architecture. They keep TensorFlow and sharp out of every
 * process but the worker's, the database in the host's hands, and the pure folders usable in the window.
 */
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ImportedModule, importsOf, scriptImports, sourceFiles } from './source-files.ts';

const flow = ['dataset', 'preprocess', 'models', 'training', 'evaluation'];
const pipeline = ['contract', 'numerics', 'tf.ts', 'native-op.ts'];

/** Table 1: folders of the project (its own folder is always allowed). */
const internal: Record<string, readonly string[]> = {
  'src-main/tf.ts': ['contract'],
  'src-main/native-op.ts': ['contract', 'tf.ts'],
  'src-main/contract': [],
  'src-main/numerics': [],
  'src-main/rpc': ['contract'],
  'src-main/dataset': pipeline,
  'src-main/preprocess': [...pipeline, 'dataset'],
  'src-main/models': [...pipeline, 'dataset', 'preprocess'],
  'src-main/training': [...pipeline, 'dataset', 'preprocess', 'models'],
  'src-main/evaluation': [...pipeline, 'dataset', 'preprocess', 'models', 'training'],
  'src-main/worker': [...pipeline, ...flow, 'rpc'],
  'src-main/store': ['contract'],
  'src-main/app': ['contract', 'rpc', 'numerics', 'store'],
  'src-main/hosts': ['app', 'rpc', 'contract'],
  'src-main/hosts/cli': ['app', 'rpc', 'contract', 'numerics'],
  'src-preload': [],
  'src-renderer': ['contract', 'rpc', 'numerics'],
};

/** Table 2: packages. `node:` stands for all of Node's own modules. The longest matching path counts. */
const external: Record<string, readonly string[]> = {
  'src-main/tf.ts': ['node:', '@tensorflow/tfjs-node-gpu'],
  'src-main/native-op.ts': [],
  'src-main/contract': ['zod'],
  'src-main/numerics': [],
  'src-main/rpc': [],
  'src-main/rpc/child-process-link.ts': ['node:'],
  'src-main/dataset': ['node:', 'csv-parse'],
  'src-main/preprocess': ['node:', 'sharp', 'dicom-parser'],
  'src-main/models': ['node:', 'h5wasm', 'fflate', '@bufbuild/protobuf'],
  'src-main/training': ['node:'],
  'src-main/evaluation': ['node:'],
  'src-main/worker': ['node:'],
  'src-main/store': ['node:', 'better-sqlite3'],
  'src-main/app': ['node:', 'pino', 'fflate', 'csv-parse'],
  'src-main/hosts': ['node:'],
  'src-main/hosts/cli': ['node:', 'commander', 'csv-parse'],
  'src-main/hosts/web': ['node:', 'ws'],
  'src-main/hosts/web/dev-window.ts': ['node:', 'vite', 'electron-vite'],
  'src-main/hosts/electron': ['node:', 'electron', 'fflate'],
  'src-preload': ['electron'],
  'src-renderer': ['svelte', 'chart.js', 'bits-ui', 'virtua'],
};

function rulesFor<Rules>(table: Record<string, Rules>, path: string): Rules | undefined {
  const matching = Object.keys(table).filter((key) => path === key || path.startsWith(`${key}/`));
  const longest = matching.sort((left, right) => right.length - left.length)[0];
  return longest === undefined ? undefined : table[longest];
}

/** The unit a file belongs to: a folder of src-main, tf.ts, or one of the other source folders. */
function unitOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'src-main' ? second : top;
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:';
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** What is wrong with one import, or null. */
function complaint(path: string, { specifier, line }: ImportedModule): string | null {
  const where = `${path}:${line}: "${specifier}"`;
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(path), specifier);
    const isOwn = unitOf(target) === unitOf(path);
    const allowed = rulesFor(internal, path);
    if (isOwn || allowed?.includes(unitOf(target))) return null;
    return `${where}: ${unitOf(path)} may import only ${allowed?.join(', ') || 'itself'}`;
  }
  const allowed = rulesFor(external, path);
  if (allowed?.includes(packageOf(specifier))) return null;
  return `${where}: the packages allowed here are ${allowed?.join(', ') || 'none'}`;
}

const complaintsIn = (path: string): string[] =>
  importsOf(path).flatMap((imported) => complaint(path, imported) ?? []);

const sources = ['src-main', 'src-preload', 'src-renderer'].flatMap(sourceFiles);

describe('import rules', () => {
  it('cover every source file', () => {
    const uncovered = sources.filter((path) => !rulesFor(internal, path) || !rulesFor(external, path));
    expect(uncovered).toEqual([]);
  });

  it('are kept by every source file', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.flatMap(complaintsIn)).toEqual([]);
  });

  it('let set-up use Node alone, since it runs before anything is installed', () => {
    const setup = sourceFiles('scripts').filter((path) => path.endsWith('.mjs'));
    const outside = setup.flatMap((path) =>
      importsOf(path)
        .filter(({ specifier }) => !specifier.startsWith('node:') && !specifier.startsWith('.'))
        .map(({ specifier, line }) => `${path}:${line}: "${specifier}"`),
    );
    expect(setup.length).toBeGreaterThan(10);
    expect(outside).toEqual([]);
  });

  it.each([
    ['src-main/app/runs.ts', '../tf.ts'],
    ['src-main/app/runs.ts', 'sharp'],
    ['src-main/numerics/split.ts', '../contract/index.ts'],
    ['src-main/numerics/split.ts', 'node:fs'],
    ['src-main/dataset/layout.ts', '../training/train.ts'],
    ['src-main/training/train.ts', '../evaluation/report.ts'],
    ['src-main/store/runs.ts', '../app/create-app.ts'],
    ['src-main/hosts/web/serve.ts', 'electron'],
    ['src-main/hosts/cli/main.ts', '../../worker/main.ts'],
    ['src-renderer/lib/connect.ts', 'node:fs'],
    ['src-renderer/lib/connect.ts', '../../src-main/app/runs.ts'],
  ])('refuse %s importing %s', (path, specifier) => {
    expect(complaint(path, { specifier, line: 7 })).toMatch(`${path}:7: "${specifier}"`);
  });

  it('see every way to name a module', () => {
    const text = [
      "import { a } from 'one';",
      "import type { B } from 'two';",
      "export * from 'three';",
      "const four = await import('four');",
      "const five = require('five');",
      "type Six = import('six').Six;",
      "import 'seven';",
    ].join('\n');
    expect(scriptImports(text, 0).map(({ specifier, line }) => `${line} ${specifier}`)).toEqual([
      '1 one',
      '2 two',
      '3 three',
      '4 four',
      '5 five',
      '6 six',
      '7 seven',
    ]);
  });
});
