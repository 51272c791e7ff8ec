import { InvalidArgumentError, Option } from 'commander';

/** A name of a lab, or a topology file. */
export type LabChoice = string;

const NAMES = ['auto', 'netns', 'host'];

/** The option that chooses a lab, for every command that runs in one. */
export function labOption(description = 'where to run'): Option {
  const names = NAMES.join(', ');
  return new Option('--lab <lab>', `${description}: ${names}, or a topology file`).argParser((text): LabChoice => {
    if (NAMES.includes(text) || isTopologyFile(text)) return text;
    throw new InvalidArgumentError(`Allowed choices are ${names}, or a topology file, whose name ends in .json.`);
  });
}

/** Whether a choice is a file, by its look: so that a misspelt name is told as one. */
export function isTopologyFile(choice: LabChoice): boolean {
  return choice.endsWith('.json') || /[/\\]/.test(choice);
}
