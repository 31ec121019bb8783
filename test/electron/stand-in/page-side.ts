/**
 * What a sandboxed preload script finds in its page: `require` of nothing but Electron's own part for it, and a context bridge that
 * hands copies across. As text, to be run in a real page before any other script.
 */

/** Names in the page that stand for Electron's channel to the main process. */
export const SEND = '__standInSend';
export const DELIVER = '__standInDeliver';

/** @param preload text of the preload script @param paths where files of these names lie */
export function pageScript(preload: string, paths: Readonly<Record<string, string>>): string {
  return `(() => {
  if (window !== window.top) return;
  const listeners = new Map();
  const ipcRenderer = {
    send: (channel, ...args) => void window.${SEND}(channel, structuredClone(args)),
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
  };
  window.${DELIVER} = (channel, args) => {
    for (const listener of listeners.get(channel) ?? []) listener({}, ...args);
  };
  const isPlain = (value) => value !== null && typeof value === 'object' && [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value));
  const across = (value) => {
    if (typeof value === 'function') return (...args) => across(value(...args.map(across)));
    if (!isPlain(value)) return value;
    if (Array.isArray(value)) return Object.freeze(value.map(across));
    return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, across(entry)])));
  };
  const electron = {
    ipcRenderer,
    contextBridge: {
      exposeInMainWorld(key, api) {
        if (key in window) throw new Error('Cannot bind an API on top of an existing property on the window object');
        Object.defineProperty(window, key, { value: across(api), enumerable: true });
      },
    },
    webUtils: { getPathForFile: (file) => (${JSON.stringify(paths)})[file.name] ?? '' },
  };
  const require = (name) => {
    if (name === 'electron') return electron;
    throw new Error('module not found: ' + name);
  };
  (function (require, module, exports) {
${preload}
  })(require, { exports: {} }, {});
})();`;
}
