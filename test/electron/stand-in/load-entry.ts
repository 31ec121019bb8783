/**
 * Loads a built main process as Electron would, once for each start: past the test runner's own loader, and with `electron` being
 * the stand-in of that start.
 */
import { createRequire, registerHooks } from 'node:module';

const require = createRequire(import.meta.url);
let current: object | null = null;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: 'stand-in:electron', format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === 'stand-in:electron'
      ? {
          format: 'commonjs',
          source: "module.exports = globalThis[Symbol.for('electron')]",
          shortCircuit: true,
        }
      : next(url, context),
});
Object.defineProperty(globalThis, Symbol.for('electron'), { get: () => current });

/** @param file of the entry, CommonJS @param electron what it finds in `electron` */
export function loadEntry(file: string, electron: object): void {
  current = electron;
  for (const cached of [file, 'stand-in:electron']) delete require.cache[cached];
  require(file);
}
