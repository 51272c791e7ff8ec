import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Experiment } from './experiment.ts';
import type { Recorded, SystemFacts } from './known.ts';

/** The folder of the suites: beside `src`, in the sources and in what is built from them. */
const SUITES = fileURLToPath(new URL('../../suites/', import.meta.url));

/** What the folder of the suites holds. */
export interface Suites {
  /** Every experiment, sorted by id. */
  experiments: { id: string; experiment: Experiment }[];
  /** What is known of each system. */
  known: SystemFacts[];
  /** What the committed records of other systems than Linux observed. */
  recorded: readonly Recorded[];
}

/**
 * Loads the suites. An experiment is the default export of a file in a folder of `suites`, except `suites/known`, where a
 * file says what is known of a system. Files whose names begin with `_` are neither.
 */
export async function loadSuites(): Promise<Suites> {
  const files = readdirSync(SUITES, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => file.includes('/') && /\.(js|ts)$/.test(file) && !file.endsWith('.d.ts') && !file.includes('/_'))
    .toSorted();
  const [experiments, known] = await Promise.all([
    Promise.all(
      files
        .filter((file) => !isKnown(file))
        .map(async (file) => ({ id: file.replace(/\.(js|ts)$/, ''), experiment: await loaded<Experiment>(file) })),
    ),
    Promise.all(files.filter(isKnown).map((file) => loaded<SystemFacts>(file))),
  ]);
  const extension = path.extname(files[0] ?? '.ts');
  return { experiments, known, recorded: await loaded<readonly Recorded[]>(`known/_recorded${extension}`) };
}

function isKnown(file: string): boolean {
  return file.startsWith('known/');
}

async function loaded<T>(file: string): Promise<T> {
  const module = (await import(pathToFileURL(path.join(SUITES, file)).href)) as { default: T };
  return module.default;
}
