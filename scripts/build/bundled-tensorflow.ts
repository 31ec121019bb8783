/**
 * Puts tfjs-node into the worker's bundle, so that the 250 MB of tfjs's packages (builds for browsers) do not ship. Its addon
 * stays a file: the host says where, in LESION_LAB_ADDON. Part of the build; nothing of it is in the product.
 */
import { createRequire } from 'node:module';
import { sep } from 'node:path';
import type { Plugin } from 'vite';

const LOADER = `${sep}src-main${sep}tf.ts`;
const RUNTIME_REQUIRE = 'const require = createRequire(import.meta.url);';
const ADDON_FINDER = '@mapbox/node-pre-gyp';

export function bundledTensorFlow(): Plugin {
  return {
    name: 'bundled-tensorflow',
    enforce: 'pre',
    /** The builds of tfjs that Node takes: tfjs-node's classes are of the old kind and can extend no others. */
    resolveId(id, importer) {
      if (id === ADDON_FINDER) return `\0${ADDON_FINDER}`;
      return id.startsWith('@tensorflow/') ? createRequire(importer ?? import.meta.url).resolve(id) : null;
    },
    load: (id) =>
      id === `\0${ADDON_FINDER}` ? 'export const find = () => process.env.LESION_LAB_ADDON ?? "";' : null,
    /** The bundler follows the `require` of a module, not one that is made at run time. */
    transform(code, id) {
      if (!id.endsWith(LOADER)) return null;
      if (!code.includes(RUNTIME_REQUIRE)) this.error(`${id} no longer loads TensorFlow by its own require.`);
      return { code: code.replace(RUNTIME_REQUIRE, ''), map: null };
    },
  };
}
