/**
 * How the product is built: the main process with its worker, the preload script, and the window (one page with everything in it,
 * nothing fetched). The browser host serves the same window.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type UserConfig } from 'electron-vite';
import { bundledTensorFlow } from './scripts/build/bundled-tensorflow.ts';

/** 'window' or 'host' builds that part alone. */
const part = process.env.LESION_LAB_BUILD;

const host: Pick<UserConfig, 'main' | 'preload'> = {
  main: {
    plugins: [bundledTensorFlow()],
    build: {
      outDir: 'out/main',
      target: 'node24',
      minify: true,
      externalizeDeps: false,
      rolldownOptions: {
        input: { main: 'src-main/hosts/electron/main.ts', worker: 'src-main/worker/main.ts' },
        // Native modules, and what Electron brings; everything else is in the bundle.
        external: ['electron', 'better-sqlite3', 'sharp'],
        // CommonJS, which needs no `require` put in; chunks beside the entries, so that paths from a file's own place stay right.
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rolldownOptions: {
        input: { main: 'src-preload/main.ts' },
        // A sandboxed preload script is CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
};

const window: Pick<UserConfig, 'renderer'> = {
  renderer: {
    root: 'src-renderer',
    server: { host: '127.0.0.1' },
    plugins: [svelte({ configFile: false })],
    build: {
      outDir: 'out/renderer',
      target: 'es2023',
      minify: true,
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      rolldownOptions: { input: 'src-renderer/index.html' },
    },
  },
};

export default defineConfig({
  ...(part === 'window' ? {} : host),
  ...(part === 'host' ? {} : window),
});
