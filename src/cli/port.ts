import { readFileSync } from 'node:fs';
import process from 'node:process';
import { readWanted } from '../explain/wanted.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { OPTION_WORDS } from '../plan/words.ts';
import type { Options } from '../model/types.ts';
import { reportOf } from '../port/judge.ts';
import type { PortAnswer } from '../port/report.ts';
import { BadPort, readPorts, type WantedPort } from '../port/wanted-ports.ts';
import { lookAtPorts, type LookedPorts } from '../runner/port/look.ts';
import { unknown } from '../text/unknown.ts';
import { EXIT, UserError } from './exit.ts';
import { settingsHere } from './explain-settings.ts';
import { tellPorts } from './port-text.ts';
import { sayJson } from './terminal.ts';

export interface PortOptions {
  with?: string;
  /** Whether to connect to it on loopback. */
  probe: boolean;
  format: 'pretty' | 'json';
}

/** What could not be seen, so that another user would see more. */
export interface Unseen {
  readonly processes: number;
  readonly options: number;
}

/** `bindspec port`. Returns the exit code. @throws UserError for what can't be read or seen */
export async function portCommand(words: readonly string[], options: PortOptions): Promise<number> {
  const wanted = wantedPorts(words);
  const asked = options.with === undefined ? undefined : optionsIn(options.with);
  if (process.platform !== 'linux') {
    if (options.probe)
      throw new UserError("--probe reads Linux's tables of sockets, so it works on Linux only: leave it out");
    const { foreignReports } = await import('./port-foreign.ts');
    const reports = await foreignReports(wanted, asked);
    tell(reports, { processes: 0, options: 0 }, options);
    return EXIT.expected;
  }
  const looked = await look(wanted);
  const reports = looked.ports.map((port): PortAnswer => {
    const setting = { host: looked.host };
    const { privileged } = looked;
    const texts = settingsHere(
      { setting, privileged: privileged === undefined ? {} : { 1: privileged } },
      { protocol: port.protocol, family: 'inet', address: '0.0.0.0', port: port.port },
      looked.chosen,
    );
    const { settings } = readWanted({ setting: [...texts, ...ownAddresses(looked)] });
    return reportOf({
      ...port,
      system: 'linux',
      host: looked.host,
      machine: {
        kernel: looked.kernel,
        settings: { hosts: {}, said: [], ...settings, ...(privileged === undefined ? {} : { privileged }) },
      },
      uid: looked.uid,
      chosen: looked.chosen,
      ...(asked === undefined ? {} : { options: asked }),
    });
  });
  const told = options.probe ? await probed(reports) : reports;
  tell(told, { processes: looked.unseen, options: looked.unasked }, options);
  return EXIT.expected;
}

function tell(reports: readonly PortAnswer[], unseen: Unseen, { format }: PortOptions): void {
  if (format === 'json') sayJson({ ports: reports, unseen }, 1);
  else tellPorts(reports, unseen, usersHere());
}

function wantedPorts(words: readonly string[]): WantedPort[] {
  try {
    return readPorts(words);
  } catch (error) {
    if (error instanceof BadPort) throw new UserError(error.message);
    throw error;
  }
}

async function look(wanted: readonly WantedPort[]): Promise<LookedPorts> {
  return withAgent(lookAtPorts(wanted));
}

/** The answers with what came of connecting to the ports on loopback. */
async function probed(answers: readonly PortAnswer[]): Promise<PortAnswer[]> {
  const { probePorts } = await import('../runner/port/probe.ts');
  return withAgent(probePorts(answers));
}

/** What an agent returns. @throws UserError where it fails */
async function withAgent<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof HarnessError) throw new UserError(error.message, EXIT.harness);
    throw error;
  }
}

/** What `--setting` calls the machine's addresses. */
function ownAddresses({ host: { addresses = [], broadcasts = [] } }: LookedPorts): string[] {
  return [
    ...(addresses.length === 0 ? [] : [`addresses=${addresses.join(',')}`]),
    ...(broadcasts.length === 0 ? [] : [`broadcasts=${broadcasts.join(',')}`]),
  ];
}

/** `reuseaddr,reuseport`, or `none`. @throws UserError */
function optionsIn(text: string): Options {
  const words = text.split(/[\s,]+/).filter((word) => word !== '' && word !== 'none');
  const known = new Map(Object.entries(OPTION_WORDS).map(([key, word]) => [word.toLowerCase(), key as keyof Options]));
  const pairs = words.map((word): [keyof Options, true] => {
    const key = known.get(word.toLowerCase().replace(/^so_/, ''));
    if (key !== undefined) return [key, true];
    throw new UserError(
      unknown('option', word, known.keys(), 'write it as in --with reuseaddr,reuseport or --with none'),
    );
  });
  return Object.fromEntries(pairs);
}

/** The names of users by their numbers; a number that the file does not have stays a number. */
function usersHere(): ReadonlyMap<number, string> {
  try {
    return new Map(
      readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .flatMap((line) => {
          const [name = '', , uid = ''] = line.split(':');
          return /^\d+$/.test(uid) ? [[Number(uid), name] as const] : [];
        }),
    );
  } catch {
    return new Map();
  }
}
