import { coverageOf, type Coverage } from '../src/cli/coverage.ts';
import type { Cell } from '../src/experiment/cells.ts';
import { leaves } from '../src/experiment/expectation.ts';
import { SYSTEMS, type System } from '../src/experiment/experiment.ts';
import { hostFacts } from '../src/lab/host.ts';
import { expectationFor } from '../src/verdict/judge.ts';
import { holding } from './interfaces.ts';

/** The pages that have numbers of cells, and what makes each of them have the right ones. */
export const COUNTED_PAGES: Readonly<Record<string, (text: string, cells: readonly Cell[]) => Promise<string>>> = {
  'docs/adding-a-platform.md': async (text, cells) => withPlatforms(text, cells),
  'docs/macos.md': withMac,
  'docs/ci.md': async (text, cells) =>
    replaced(text, /(?<=as expected \(`)\d+(?= pass`\))/, () => String(cells.length)),
  'docs/running.md': async (text, cells) => {
    const byRoot = ofSecondUser(cells);
    const run = `${cells.length - byRoot} of ${cells.length}`;
    const offered = replaced(text, /^( {4})\d+ of \d+(?= cells can run$)/m, (_, indent = '') => `${indent}${run}`);
    const skipped = replaced(offered, /^ +\d+(?= cannot run: an unprivileged)/m, () => String(byRoot).padStart(8));
    const fuller = replaced(skipped, /(?<=has outcomes of )\d+(?= cells, and this run of 4)/, () =>
      String(cells.length),
    );
    return replaced(fuller, /(?<=There are\s+)\d+(?=\s+cells\.)/, () => String(cells.length));
  },
};

/** How many cells need a second user, which only root can have. */
function ofSecondUser(cells: readonly Cell[]): number {
  return cells.filter(({ registered, values }) => registered.experiment.needs?.(values)?.includes('second user'))
    .length;
}

/** The table with the number of cells that are judged on each system: in full, in part, and not at all. */
function withPlatforms(text: string, cells: readonly Cell[]): string {
  return SYSTEMS.reduce((page, system) => {
    const [whole = '', part = '', unjudged = ''] = judgedOn(system, cells).map(String);
    const row = [`\`${system}\``.padEnd(9), whole.padEnd(18), part.padEnd(14), unjudged.padEnd(13)];
    return replaced(page, new RegExp(`^\\| \`${system}\` .*$`, 'm'), () => `| ${row.join(' | ')} |`);
  }, text);
}

function judgedOn(system: System, cells: readonly Cell[]): [whole: number, part: number, unjudged: number] {
  const counts: [number, number, number] = [0, 0, 0];
  for (const cell of cells) {
    const resolved = expectationFor(cell, system);
    const places = new Set(leaves(resolved?.expect).map(([place]) => place));
    const all = leaves(expectationFor(cell, 'linux')?.expect).every(([place]) => places.has(place));
    counts[resolved === null ? 2 : all ? 0 : 1] += 1;
  }
  return counts;
}

const LOOPBACK = ['127.0.0.1/8', '::1/128', 'fe80::1/64'];
const ALIASES = Array.from({ length: 15 }, (_, index) => `127.0.0.${index + 2}/32`);
const LAN = ['fe80::4/64', '192.168.1.20/24'];
const SECOND = '192.0.2.130/32';
const SIXTH = ['fd00:5::130/64', 'fd00:5::131/64'];

/** What a Mac has in each row of the table: the addresses of its loopback and of its other interface, and root. */
const MACS: readonly (readonly [words: string, lo0: readonly string[], en0: readonly string[], root?: true])[] = [
  ['one IPv4 address', LOOPBACK, LAN],
  ['a second one,', LOOPBACK, [...LAN, SECOND]],
  ['two IPv6 addresses', LOOPBACK, [...LAN, SECOND, ...SIXTH]],
  ['fifteen more addresses', [...LOOPBACK, ...ALIASES], [...LAN, SECOND, ...SIXTH]],
  ['root,', [...LOOPBACK, ...ALIASES], [...LAN, SECOND, ...SIXTH], true],
];

/** The table with the number of cells that a Mac can run, and the same numbers in what `doctor` prints there. */
async function withMac(text: string, cells: readonly Cell[]): Promise<string> {
  let page = text;
  for (const [words, lo0, en0, root = false] of MACS) {
    const { runnable } = await macCoverage(lo0, en0, root, cells);
    const row = new RegExp(`^(\\| ${words}[^|]*\\| ).*$`, 'm');
    page = replaced(page, row, (_, before = '') => `${before}${String(runnable).padEnd(14)} |`);
  }
  const { total, runnable, skipped } = await macCoverage(LOOPBACK, LAN, false, cells);
  page = replaced(page, /^\d+ of \d+ cells can run$/m, () => `${runnable} of ${total} cells can run`);
  for (const { reason, cells: count } of skipped) {
    const line = new RegExp(`^ *\\d+( cannot run: ${escaped(reason)})$`, 'm');
    page = replaced(page, line, (_, rest = '') => `${String(count).padStart(4)}${rest}`);
  }
  return page;
}

/** What a Mac with these addresses, and with all programs, can run. */
async function macCoverage(
  lo0: readonly string[],
  en0: readonly string[],
  root: boolean,
  cells: readonly Cell[],
): Promise<Coverage> {
  const facts = hostFacts({ lo0: holding(...lo0), en0: holding(...en0) }, root, { system: 'darwin' });
  const programs = async (names: readonly string[]) => new Set(names);
  return coverageOf({ facts, launch: () => [], programs, close: async () => undefined }, cells);
}

/** @throws RangeError where the page has no such line any more, so that this file has to follow it. */
function replaced(text: string, line: RegExp, by: (match: string, first?: string) => string): string {
  if (!line.test(text)) throw new RangeError(`the page has no line like ${line}`);
  return text.replace(line, by);
}

function escaped(words: string): string {
  return words.replaceAll(/[\\^$.|?+*()[\]{}]/g, String.raw`\$&`);
}
