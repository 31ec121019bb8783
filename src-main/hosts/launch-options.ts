/** What can be said to npm start on the command line. Runs in the host. */
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseDataFolder } from '../app/paths.ts';
import { AppError } from '../contract/errors.ts';

export const USAGE = `Usage: npm start -- [--web] [--no-open] [--port <number>] [--data-dir <folder>] [--allow <folder>]...
  --web       in a browser, also where Electron is installed
  --no-open   open no window, print an address
  --port      of the address; without it, any free one
  --data-dir  where datasets, runs and models are kept
  --allow     a folder that a browser's window may look for datasets in, besides the home folder
  --dev       for developers: changes of the window show at once`;

export interface LaunchOptions {
  readonly web: boolean;
  readonly open: boolean;
  readonly port: number;
  readonly dataFolder: string;
  /** Absolute: where a browser's window may look for datasets. */
  readonly allowed: readonly string[];
  readonly dev: boolean;
}

/** @returns null when the usage is asked for. @throws AppError `bad-input` */
export function readOptions(
  given: readonly string[],
  system: { env: NodeJS.ProcessEnv; platform: NodeJS.Platform; home: string },
): LaunchOptions | null {
  const values = parse(given);
  if (values.help) return null;
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new AppError('bad-input', `--port needs a number from 0 to 65535; received "${values.port}".`);
  }
  const dataFolder = chooseDataFolder(values['data-dir'], system);
  return {
    web: values.web,
    open: !values['no-open'],
    port,
    dataFolder,
    allowed: [system.home, dirname(dataFolder), ...values.allow.map((folder) => resolve(folder))],
    dev: values.dev,
  };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: {
        web: { type: 'boolean', default: false },
        'no-open': { type: 'boolean', default: false },
        port: { type: 'string', default: '0' },
        'data-dir': { type: 'string' },
        allow: { type: 'string', multiple: true, default: [] },
        dev: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError('bad-input', `${message}\n${USAGE}`, { cause: thrown });
  }
}
