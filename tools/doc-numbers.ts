import { coverageOf, offerLines, type Coverage } from '../src/cli/coverage.ts';
import { cellsOf, type Cell, type Registered } from '../src/experiment/cells.ts';
import { leaves } from '../src/experiment/expectation.ts';
import { SYSTEMS, type System } from '../src/experiment/experiment.ts';
import { hostFacts } from '../src/lab/host.ts';
import type { LabFacts } from '../src/lab/lab.ts';
import { expectationFor } from '../src/verdict/judge.ts';
import { holding } from './interfaces.ts';

/** A place of a page where numbers stand that experiments change: what is captured is what is made. */
interface NumberPlace {
  file: string;
  at: RegExp;
  made: readonly (number | string)[];
}

/** Every place of the documentation where the numbers of experiments and cells stand, and what is to stand there. */
export async function numberPlaces(registry: readonly Registered[]): Promise<NumberPlace[]> {
  const cells = registry.flatMap((one) => cellsOf(one));
  const all = cells.length;
  const byRoot = cells.filter(({ registered, values }) =>
    registered.experiment.needs?.(values)?.includes('second user'),
  ).length;
  const macs = await Promise.all(MACS.map(async (one) => coverageOnMac(one, cells)));
  const [first] = macs;
  return [
    { file: 'README.md', at: /There are\s+(\d+)\s+cells\./, made: [all] },
    { file: 'README.md', at: /as root, (\d+) more cells run/, made: [byRoot] },
    { file: 'README.md', at: /cells that need a second user, (\d+) of (\d+)/, made: [byRoot, all] },
    { file: 'docs/ci.md', at: /cells that are as expected \(`(\d+) pass`\)/, made: [all] },
    { file: 'docs/containers.md', at: /act as a second\s+user, which (\d+) cells need/, made: [byRoot] },
    {
      file: 'docs/running.md',
      at: /^ {4}(\d+) of (\d+) cells can run\n +(\d+) cannot run: a user/m,
      made: [all - byRoot, all, byRoot],
    },
    { file: 'docs/running.md', at: /has outcomes of (\d+) cells, and this run of 4/, made: [all] },
    ...SYSTEMS.map((system) => ({
      file: 'docs/adding-a-platform.md',
      at: new RegExp(String.raw`^\| \`${system}\` +\| (\d+ *) \| (\d+ *) \| (\d+ *) \|$`, 'm'),
      made: judgedOn(system, cells),
    })),
    ...macs.map(({ coverage }, row) => ({
      file: 'docs/macos.md',
      at: new RegExp(String.raw`^\| With .*\n\| -.*\n(?:\|.*\n){${row}}\|[^|]+\| (\d+ *) \|$`, 'm'),
      made: [coverage.runnable],
    })),
    {
      file: 'docs/macos.md',
      at: /^```text\n(IPv4: [^`]*cells can run[^`]*)\n```$/m,
      made:
        first === undefined
          ? []
          : [
              offerLines(first.facts, first.coverage)
                .map((line) => line.slice(4))
                .join('\n'),
            ],
    },
  ];
}

/**
 * A page with what is to stand in its places; a number in a table keeps the width of its column.
 * @throws Error where a place is not in the page any more
 */
export function withNumbers(text: string, file: string, places: readonly NumberPlace[]): string {
  let page = text;
  for (const { at, made } of places.filter((one) => one.file === file)) {
    const found = new RegExp(at, `${at.flags}d`).exec(page);
    if (found === null)
      throw new Error(`${file} has no place like ${at}: correct tools/doc-numbers.ts, which fills it`);
    for (const [index, value] of [...made.entries()].toReversed()) {
      const [from = 0, to = 0] = found.indices?.[index + 1] ?? [];
      const width = page[to - 1] === ' ' ? to - from : 0;
      page = `${page.slice(0, from)}${String(value).padEnd(width)}${page.slice(to)}`;
    }
  }
  return page;
}

/** How many cells are judged on a system: in all that is judged on Linux, in part of it, and not at all. */
function judgedOn(system: System, cells: readonly Cell[]): [whole: number, part: number, unjudged: number] {
  const counts: [number, number, number] = [0, 0, 0];
  for (const cell of cells) {
    const resolved = expectationFor(cell, system);
    const places = new Set(leaves(resolved?.expect).map(([place]) => place));
    const isWhole = leaves(expectationFor(cell, 'linux')?.expect).every(([place]) => places.has(place));
    counts[resolved === null ? 2 : isWhole ? 0 : 1] += 1;
  }
  return counts;
}

/** A Mac by the addresses of its loopback and of its one interface, and whether bindspec is root there. */
interface Mac {
  lo0: readonly string[];
  en0: readonly string[];
  root?: boolean;
}

const PLAIN: Mac = { lo0: ['127.0.0.1/8', '::1/128', 'fe80::1/64'], en0: ['fe80::4/64', '192.168.1.20/24'] };
const SECOND: Mac = { ...PLAIN, en0: [...PLAIN.en0, '192.0.2.130/32'] };
const SIXTH: Mac = { ...SECOND, en0: [...SECOND.en0, 'fd00:5::130/64', 'fd00:5::131/64'] };
const LOOPBACKS: Mac = {
  ...SIXTH,
  lo0: [...PLAIN.lo0, ...Array.from({ length: 15 }, (_, index) => `127.0.0.${index + 2}/32`)],
};
/** The Macs of the table in docs/macos.md, row by row. */
const MACS: readonly Mac[] = [PLAIN, SECOND, SIXTH, LOOPBACKS, { ...LOOPBACKS, root: true }];

/** What a Mac with these addresses and all programs can run, whatever this machine has. */
async function coverageOnMac(
  { lo0, en0, root = false }: Mac,
  cells: readonly Cell[],
): Promise<{ facts: LabFacts; coverage: Coverage }> {
  const facts = hostFacts({ lo0: holding(...lo0), en0: holding(...en0) }, root, { system: 'darwin' });
  const lab = {
    facts,
    launch: () => [],
    programs: async (names: readonly string[]) => new Set(names),
    close: async () => undefined,
  };
  return { facts, coverage: await coverageOf(lab, cells) };
}
