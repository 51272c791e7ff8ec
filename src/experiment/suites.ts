import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Experiment } from './experiment.ts';
import type { Recorded, SystemFacts } from './known.ts';

/** The folder of the suites. It is beside `src`, both in the sources and in the build. */
const SUITES = fileURLToPath(new URL('../../suites/', import.meta.url));

/** The content of the folder of the suites. */
export interface Suites {
  /** Every experiment, sorted by id. */
  experiments: { id: string; experiment: Experiment }[];
  /** What is known of each system. */
  known: SystemFacts[];
  /** The observations of the committed records of systems other than Linux. */
  recorded: readonly Recorded[];
}

/**
 * Loads the suites. An experiment is the default export of a file in a folder of `suites` other than `suites/known`. Each
 * file in `suites/known` says what is known of a system. A file whose name begins with `_`, or in a folder below, is neither.
 */
export async function loadSuites(): Promise<Suites> {
  const files = readdirSync(SUITES, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => /^[^/]+\/[^_/][^/]*\.(js|ts)$/.test(file) && !file.endsWith('.d.ts'))
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
