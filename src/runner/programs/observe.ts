import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { PROGRAM_QUESTIONS, hasLateAddress, type ProgramQuestion } from '../../program/program.ts';
import { sentencesOf } from '../../program/sentences.ts';
import { serverOutcomes } from '../../programs/compact.ts';
import { startOfServer, type DeclaredServer } from '../../programs/declaration.ts';
import { PROGRAM_VERSION } from '../../record/program.ts';
import { SERVER_VERSION, type ServerRecord } from '../../record/server.ts';
import { Interrupted } from '../../process/interrupted.ts';
import { observeProgram } from '../program/observe.ts';
import { fetchProgram } from './layers.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface ObserveDeclaredOptions {
  /** The version of bindspec. */
  version: string;
  questions?: readonly ProgramQuestion[];
  jobs?: number;
  signal: AbortSignal;
  /** Called with what is done, for people. */
  tell: (line: string) => void;
}

/**
 * Fetches a declared program, starts it as declared, and returns what was seen.
 * @throws Unavailable when it can't be fetched, or can't be started here
 * @throws Interrupted
 */
export async function observeDeclared(
  declared: DeclaredServer,
  { version: bindspec, questions = PROGRAM_QUESTIONS, jobs, signal, tell }: ObserveDeclaredOptions,
): Promise<ServerRecord> {
  const { layers, packages, version } = await fetchProgram(declared, tell);
  const start = startOfServer(declared, layers);
  // Not that of whoever runs this: the same on every machine, with the Node.js that runs bindspec.
  const program = { ...start, env: { PATH: `${PATH}:${path.dirname(process.execPath)}`, ...start.env } };
  const started = new Date();
  const { observation, complete } = await observeProgram(program, {
    questions: questions.filter((one) => one !== 'late' || hasLateAddress(program)),
    signal,
    progress: (done) => tell(`${declared.name}: ${done}`),
    ...(jobs === undefined ? {} : { jobs }),
  });
  if (!complete) throw new Interrupted();
  return {
    schema: SERVER_VERSION,
    kind: 'server',
    bindspec,
    started: started.toISOString(),
    duration: Date.now() - started.getTime(),
    system: { release: os.release(), architecture: process.arch, root: process.getuid?.() === 0 },
    from: PROGRAM_VERSION,
    name: declared.name,
    group: declared.group,
    version,
    packages,
    command: [...program.command],
    documented: { says: declared.says === null ? null : [...declared.says], where: declared.where },
    ...serverOutcomes(observation),
    says: sentencesOf(observation),
  };
}
