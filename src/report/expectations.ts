import { counted } from '../text/counted.ts';
import type { Cell, Registered } from '../experiment/cells.ts';
import { SYSTEMS, type Citation, type System } from '../experiment/experiment.ts';
import { versionsInWords } from '../experiment/versions.ts';
import { expectationFor, type Resolved } from '../verdict/judge.ts';
import { whatSetsApart } from './axes.ts';

/** Cells with the same expectation, or without any. */
interface Group {
  resolved: Resolved | null;
  cells: Cell[];
  /** What is expected of each of them, which may be known in different ways. */
  each: Resolved[];
}

/** How it is known, on which platforms, and where it is written. */
interface Basis {
  titles: string[];
  known: Resolved['known'];
  cite: readonly Citation[];
}

/** Platforms with the same expectations, with the cells grouped by expectation, and how it is known. */
export interface Alike {
  titles: string[];
  groups: Group[];
  grounds: Basis[];
}

/** A system, or versions of it on which a difference is, for which `version` stands. */
interface Place {
  title: string;
  system: System;
  version?: string;
}

/** Every system, followed by the versions on which something is known to differ. */
export function placesOf({ known }: Pick<Registered, 'known'>): Place[] {
  return SYSTEMS.flatMap((system): Place[] => [
    { title: system, system },
    ...(known?.facts ?? []).flatMap((fact): Place[] => {
      if (fact.system !== system || fact.kind !== 'differs' || fact.versions?.[0] === undefined) return [];
      const title = `${system} ${versionsInWords(fact.versions)}`;
      return [{ title, system, version: fact.versions[0].from ?? FIRST_VERSION }];
    }),
  ]);
}

/** Stands for the versions before another. */
const FIRST_VERSION = '0.0';

/** What is expected of an experiment's cells, by system, and by version where one differs; told once where it is the same. */
export function alike(cells: readonly Cell[]): Alike[] {
  const found = new Map<string, Alike>();
  const [first] = cells;
  for (const { title, system, version } of first ? placesOf(first.registered) : []) {
    const groups = groupsOf(cells, system, version);
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

function groupsOf(cells: readonly Cell[], system: System, version: string | undefined): Group[] {
  const groups = new Map<string, Group>();
  for (const cell of cells) {
    const resolved = expectationFor(cell, system, version);
    // For a version only its differences are shown.
    if (version !== undefined && resolved?.because === undefined) continue;
    const key = JSON.stringify([resolved?.expect, resolved?.because]);
    const group = groups.get(key) ?? { resolved, cells: [], each: [] };
    group.cells.push(cell);
    if (resolved !== null) group.each.push(resolved);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Adds how it is known on one more platform; platforms with the same sources are shown together. */
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
  const count = counted(some.length, 'cell');
  if (apart !== undefined) return `${count}: ${apart.join(', ')}`;
  return `${count}: ${some.map(({ values }) => Object.values(values).join(' ')).join(', ')}`;
}
