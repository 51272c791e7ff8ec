import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import type { Missing } from '../lab/lab.ts';
import { onPath } from '../lab/programs.ts';
import { paced } from '../process/pace.ts';
import { Unavailable } from '../process/unavailable.ts';
import { layerOf, type Layer } from './layer.ts';

/** Where the packages of npm lie for what uses them: in `node_modules` of the folder that it is started in. */
const NPM_FOLDER = '/srv/app';
/** No registry needs longer than this, in milliseconds. */
const DEADLINE = 900_000;

/** Why packages of npm can't be fetched here, or null. */
export function npmLayerMissing(): Missing | null {
  if (onPath('npm')) return null;
  return { reason: "the program 'npm' is not here", enable: 'install it with Node.js' };
}

/** Packages of npm with what they depend on, as a layer. Their scripts are not run. @throws Unavailable when they can not be fetched */
export async function npmLayer(names: readonly string[], tell: (line: string) => void): Promise<Layer> {
  const missing = npmLayerMissing();
  if (missing) throw new Unavailable(missing.reason, missing.enable);
  const make = async (folder: string) => {
    tell(`fetching ${names.join(' ')} from npm`);
    const prefix = path.join(folder, NPM_FOLDER);
    const words = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', prefix];
    const { failed, stderr } = await execa('npm', [...words, ...names], {
      reject: false,
      timeout: paced(DEADLINE),
      stdin: 'ignore',
      env: { NO_UPDATE_NOTIFIER: '1' },
    });
    if (failed) {
      const said = stderr.split('\n').find((line) => /^npm (error|ERR!) (?!code)/.test(line)) ?? 'no answer';
      const why = said.replace(/^npm (error|ERR!) /, '');
      throw new Unavailable(`${names.join(' ')} can't be fetched: ${why}`, 'check the network, and try again');
    }
    return versions(prefix);
  };
  return layerOf({ kind: 'npm', names, over: process.arch, make });
}

function versions(prefix: string): Record<string, string> {
  const lock = JSON.parse(readFileSync(path.join(prefix, 'node_modules', '.package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string }>;
  };
  return Object.fromEntries(
    Object.entries(lock.packages).flatMap(([place, { version }]) => {
      const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(place)?.[1];
      return name === undefined || version === undefined ? [] : [[name, version]];
    }),
  );
}
