import { Option } from 'commander';
import type { EngineName } from '../engine/names.ts';
import { unknown } from '../text/unknown.ts';
import { UserError } from './exit.ts';

/** A name of a lab, or a topology file. */
export type LabChoice = string;

const NAMES = ['auto', 'netns', 'host', 'podman', 'docker'];

/** The option that chooses a lab, for every command that runs in one. */
export function labOption(description = 'where to run'): Option {
  const names = NAMES.join(', ');
  return new Option('--lab <lab>', `${description}: ${names}, or a topology file`).argParser((text): LabChoice => {
    if (NAMES.includes(text) || engineOf(text) !== null || isTopologyFile(text)) return text;
    const otherwise = `it is one of ${names}, or a topology file, whose name ends in .json`;
    throw new UserError(unknown('lab', text, NAMES, otherwise));
  });
}

/** The option that names an interface of the host lab, for every command that runs in one. */
export function interfaceOption(): Option {
  return new Option('--interface <name>', 'the interface whose addresses the host lab uses, for example en0');
}

/** The engine that a choice names, and the image that follows it, as in `docker=bindspec:1.0`; null for another lab. */
export function engineOf(choice: LabChoice): { engine: EngineName; image: string | null } | null {
  const [, engine, , image = null] = /^(podman|docker)(=(.+))?$/.exec(choice) ?? [];
  return engine === undefined ? null : { engine: engine as EngineName, image };
}

/** Whether a choice looks like a file, so that a misspelt name is reported as one. */
export function isTopologyFile(choice: LabChoice): boolean {
  return choice.endsWith('.json') || /[/\\]/.test(choice);
}
