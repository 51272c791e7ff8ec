/**
 * Fails when two files of `src/` export something of one name: who reads an import, or looks for a name, is to find one
 * meaning. What means the same is merged, what does not gets a name of its own.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [top = root] = process.argv.slice(2);
const EXPORT =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (?<name>\w+)/gm;

/** Names that several files may export, each with the reason. */
const ALLOWED = {
  // The models take sockets as data, and what runs sockets takes them as calls; src/plan makes both of one plan.
  Operation: 'of a model, and of an agent',
  Outcome: "of a model, and of an experiment's call",
  Pair: 'of an experiment, and of the matrix',
  Part: 'of a trial, and of an exploration',
  Protocol: 'told by three folders until they share one plan of sockets',
  PROTOCOLS: 'of experiments, and of the matrix',
  Setting: 'of a model, and of a stage',
  Step: 'of a plan, and of a simulation',
  System: "of an experiment, and of a model's world",
  Answer: "of a server, and of a model's explanation",
  inWords: 'of what is expected, of a change, and of a pair',
  isConnected: 'of a state of the matrix, and of a socket of a model',
  Peer: 'of a plan that is played, and of a receiver in a model',
  receiversOf: 'of an explanation, and of a model',
  Standing: 'of a socket in a model, and of a cell on the page',
  kindOf: "of a part's address, and of a mismatch",
  Prediction: 'of a model, and of the matrix',
  Stack: "of a model's lists of sockets, and of a network stack that is run",
  Verdict: 'of a model, and of a record',
  // A system's model and the constants of its header files are both called by the system.
  darwin: 'a model, and constants',
  freebsd: 'a model, and constants',
  linux: 'a model, and constants',
  openbsd: 'a model, and constants',
  windows: 'a model, and constants',
  TCP_STATES: "by Linux's numbers, and by Windows'",
};

const files = new Map();
for (const name of readdirSync(path.join(top, 'src'), { recursive: true, encoding: 'utf8' }).toSorted()) {
  if (!/\.c?ts$/.test(name)) continue;
  for (const { groups } of readFileSync(path.join(top, 'src', name), 'utf8').matchAll(EXPORT)) {
    files.set(groups.name, new Set([...(files.get(groups.name) ?? []), `src/${name}`]));
  }
}

const several = [...files].filter(([, own]) => own.size > 1);
const lines = [
  ...several
    .filter(([name]) => !Object.hasOwn(ALLOWED, name))
    .map(([name, own]) => `'${name}' is exported by ${[...own].join(' and ')}: merge them, or rename one`),
  ...Object.keys(ALLOWED)
    .filter((name) => !several.some(([other]) => other === name))
    .map((name) => `'${name}' is exported once by now: take it off the list in tools/lint-names.mjs`),
];
if (lines.length > 0) {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  process.exitCode = 1;
}
