/** What the architecture tests read: the project's source files and the modules that each of them imports. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

export const root = join(import.meta.dirname, '..', '..');

const endings = ['.ts', '.mts', '.js', '.mjs', '.cjs', '.svelte', '.py', '.css', '.html'];

/** Paths, with forward slashes and relative to the root, of every source file under a folder of the root, if it exists. */
export function sourceFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

export const readSource = (path: string): string => readFileSync(join(root, path), 'utf8');

export interface ImportedModule {
  /** Exactly as written: './other.ts', 'node:fs', 'zod'. */
  readonly specifier: string;
  readonly line: number;
}

/** Every module that a file names: import, export from, import(), require() and import types. */
export function importsOf(path: string): ImportedModule[] {
  return path.endsWith('.svelte') ? svelteImports(readSource(path)) : scriptImports(readSource(path), 0);
}

export function scriptImports(text: string, firstLine: number): ImportedModule[] {
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true);
  const found: ImportedModule[] = [];
  const visit = (node: ts.Node): void => {
    const named = moduleNameIn(node);
    if (named) {
      const { line } = file.getLineAndCharacterOfPosition(named.getStart());
      found.push({ specifier: named.text, line: firstLine + line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function moduleNameIn(node: ts.Node): ts.StringLiteralLike | undefined {
  let name: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) name = node.moduleSpecifier;
  else if (ts.isExternalModuleReference(node)) name = node.expression;
  else if (ts.isImportTypeNode(node))
    name = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  else if (ts.isCallExpression(node)) {
    const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
    const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
    if (isImport || isRequire) name = node.arguments[0];
  }
  return name && ts.isStringLiteralLike(name) ? name : undefined;
}

function svelteImports(text: string): ImportedModule[] {
  return [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].flatMap((match) => {
    const start = match.index + match[0].indexOf('>') + 1;
    return scriptImports(match[1] ?? '', text.slice(0, start).split('\n').length - 1);
  });
}
