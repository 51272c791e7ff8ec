import type { Cell } from '../experiment/cells.ts';
import { SYSTEMS, type Citation, type Experiment, type System } from '../experiment/experiment.ts';
import { kernelsInWords } from '../experiment/kernels.ts';
import { expectationFor, type Resolved } from '../verdict/judge.ts';
import { cellCount, whatSetsApart } from './axes.ts';

/** Cells of which the same is expected, or nothing. */
interface Group {
  resolved: Resolved | null;
  cells: Cell[];
  /** What is expected of each of them, which may be known in different ways. */
  each: Resolved[];
}

/** How it is known, of which platforms, and where it is written. */
interface Basis {
  titles: string[];
  known: Resolved['known'];
  cite: readonly Citation[];
}

/** Platforms of which the same is expected, with the cells grouped by what that is, and how it is known. */
export interface Alike {
  titles: string[];
  groups: Group[];
  grounds: Basis[];
}

/** A system, or the kernels of Linux on which a difference is, for which `kernel` stands. */
interface Place {
  title: string;
  system: System;
  kernel?: string;
}

/** Every system, and behind Linux the kernels on which the experiment says that something differs. */
export function placesOf({ differs = [] }: Experiment): Place[] {
  const kernels = differs.flatMap(({ kernels: ranges }): Place[] =>
    ranges?.[0] === undefined
      ? []
      : [{ title: `linux ${kernelsInWords(ranges)}`, system: 'linux', kernel: ranges[0].from ?? FIRST_KERNEL }],
  );
  return SYSTEMS.flatMap((system): Place[] => [{ title: system, system }, ...(system === 'linux' ? kernels : [])]);
}

/** Stands for the kernels before some version. */
const FIRST_KERNEL = '0.0';

/** What is expected of an experiment's cells, by system, and by kernel where one differs; told once where it is the same. */
export function alike(cells: readonly Cell[]): Alike[] {
  const found = new Map<string, Alike>();
  const [first] = cells;
  for (const { title, system, kernel } of first ? placesOf(first.registered.experiment) : []) {
    const groups = groupsOf(cells, system, kernel);
    const key = JSON.stringify(
      groups.map(({ resolved, cells: own }) => [resolved?.expect, resolved?.because, own.map(({ id }) => id)]),
    );
    const same = found.get(key) ?? { titles: [], groups, grounds: [] };
    same.titles.push(title);
    addGrounds(same.grounds, title, groups);
    found.set(key, same);
  }
  return [...found.values()];
}

function groupsOf(cells: readonly Cell[], system: System, kernel: string | undefined): Group[] {
  const groups = new Map<string, Group>();
  for (const cell of cells) {
    const resolved = expectationFor(cell, system, kernel);
    // On a kernel only what it does otherwise is told.
    if (kernel !== undefined && resolved?.because === undefined) continue;
    const key = JSON.stringify([resolved?.expect, resolved?.because]);
    const group = groups.get(key) ?? { resolved, cells: [], each: [] };
    group.cells.push(cell);
    if (resolved !== null) group.each.push(resolved);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Adds how it is known of one more platform; those with the same sources are told together. */
function addGrounds(grounds: Basis[], title: string, groups: readonly Group[]): void {
  const own = new Map<Resolved['known'], Map<string, Citation>>();
  for (const { known, cite } of groups.flatMap(({ each }) => each)) {
    const cited = own.get(known) ?? new Map<string, Citation>();
    own.set(known, cited);
    for (const citation of cite) cited.set(keyOf(citation), citation);
  }
  for (const [known, cited] of own) {
    const keys = [...cited.keys()].join();
    const same = grounds.find((basis) => basis.known === known && basis.cite.map(keyOf).join() === keys);
    if (same) same.titles.push(title);
    else grounds.push({ titles: [title], known, cite: [...cited.values()] });
  }
}

function keyOf({ source, where }: Citation): string {
  return JSON.stringify([source, where]);
}

/** Which of an experiment's cells these are. */
export function whichOf(some: readonly Cell[], all: readonly Cell[]): string {
  const apart = whatSetsApart(some, all)?.map(({ axis, values }) => `${axis} ${values.join(' or ')}`);
  const count = cellCount(some.length);
  if (apart !== undefined) return `${count}: ${apart.join(', ')}`;
  return `${count}: ${some.map(({ values }) => Object.values(values).join(' ')).join(', ')}`;
}
