import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Registered } from './cells.ts';
import type { Experiment } from './experiment.ts';

/** The folder of the suites: beside `src`, in the sources and in what is built from them. */
const SUITES = fileURLToPath(new URL('../../suites/', import.meta.url));

/** Loads every experiment, sorted by id. An experiment is the default export of a file in a folder of `suites`. */
export async function loadRegistry(): Promise<Registered[]> {
  const files = readdirSync(SUITES, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => file.includes('/') && /\.(js|ts)$/.test(file) && !file.endsWith('.d.ts') && !file.includes('/_'))
    .toSorted();
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(pathToFileURL(path.join(SUITES, file)).href)) as { default: Experiment };
      return { id: file.replace(/\.(js|ts)$/, ''), experiment: module.default };
    }),
  );
}
