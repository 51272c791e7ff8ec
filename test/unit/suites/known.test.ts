import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cellsOf, type Cell } from '../../../src/experiment/cells.ts';
import { disagreements, partOf, placesIn } from '../../../src/experiment/expectation.ts';
import type { Experiment } from '../../../src/experiment/experiment.ts';
import type { Fact } from '../../../src/experiment/known.ts';
import { loadRegistry } from '../../../src/experiment/registry.ts';
import { loadSuites } from '../../../src/experiment/suites.ts';
import { isAmong } from '../../../src/experiment/versions.ts';
import { versionOf } from '../../../src/model/linux-kernel.ts';
import { recordedBy, recordedModule } from '../../../src/verdict/recorded.ts';
import { sameByClass } from '../../../src/verdict/sameness.ts';
import { runRecords } from '../../../tools/run-records.ts';
import { ROOT } from '../../support/docs.ts';

const registry = await loadRegistry();
const { known: files } = await loadSuites();
const cells = registry.flatMap(cellsOf);
const records = runRecords(`${ROOT}reports`);

/** Every fact, with the cells that the fact is about. */
const facts = files.flatMap(({ system, facts: own }) =>
  own.map((fact) => ({ system, fact, about: cells.filter((cell) => isAbout(fact, cell)) })),
);

function isAbout(fact: Fact, { registered, values }: Cell): boolean {
  return fact.about === registered.experiment && (fact.where?.(values) ?? true);
}

function resolved(expected: Experiment['expect'], { values }: Cell): unknown {
  return typeof expected === 'function' ? expected(values) : expected;
}

/** The value that a fact calls right in a cell. */
function saidBy(fact: Fact, cell: Cell): unknown {
  const linux = resolved(cell.registered.experiment.expect, cell);
  if (fact.kind === 'differs') return resolved(fact.expect, cell);
  const { places } = fact;
  return places === undefined ? linux : partOf(linux, (place) => places.includes(place));
}

test('what the records of other systems observed is up to date', () => {
  const others = records.filter(({ platform }) => platform.system !== 'linux');
  const made = recordedModule(others.map((record) => recordedBy(record, cells)));
  expect(readFileSync(`${ROOT}suites/known/_recorded.ts`, 'utf8') === made, 'npm run known').toBe(true);
});

test('there is one file for each system', () => {
  expect(files.map(({ system }) => system)).toEqual([...new Set(files.map(({ system }) => system))]);
});

test('every fact is about some cell, and about something that is expected there', () => {
  for (const { system, fact, about } of facts) {
    expect(about.length, `${system}: ${fact.about.title}`).toBeGreaterThan(0);
    for (const place of ('places' in fact && fact.places) || []) {
      const there = about.some(
        (cell) => partOf(resolved(cell.registered.experiment.expect, cell), (one) => one === place) !== undefined,
      );
      expect(there, `${system}: ${fact.about.title}: ${place}`).toBe(true);
    }
  }
});

test('what differs says more than that something has another name', () => {
  for (const { system, fact, about } of facts) {
    if (fact.kind !== 'differs') continue;
    const otherwise = about.filter((cell) => {
      const linux = resolved(cell.registered.experiment.expect, cell);
      return disagreements(linux, saidBy(fact, cell), sameByClass).length > 0;
    });
    expect(otherwise, `${system}: ${fact.about.title}`).toEqual(about);
  }
});

test('what is said to be observed is in a committed record of the system, cell by cell', () => {
  const missing: string[] = [];
  for (const { system, fact, about } of facts) {
    if (fact.kind === 'unsettled' || fact.known !== 'observed') continue;
    const own = records.filter(
      ({ platform }) =>
        platform.system === system && (fact.versions === undefined || isAmong(fact.versions, versionOf(platform))),
    );
    for (const cell of about) {
      const seen = own
        .flatMap((record) => record.cells)
        .filter(({ id, verdict }) => id === cell.id && verdict !== 'skipped' && verdict !== 'error');
      const agreeing = seen.filter(
        ({ observation }) => disagreements(saidBy(fact, cell), observation, sameByClass).length === 0,
      );
      if (agreeing.length === 0) missing.push(`${system}: ${cell.id}`);
    }
  }
  expect(missing).toEqual([]);
});

/** The places where two expectations say different things. */
function contradictions(one: unknown, other: unknown): string[] {
  return placesIn(one).filter((place) => {
    const [left, right] = [one, other].map((said) => partOf(said, (at) => at === place));
    // The other may say something about the place itself, or about a place below it.
    const both = right === undefined ? placesIn(other).some((at) => at.startsWith(`${place}.`)) : true;
    return both && JSON.stringify(left) !== JSON.stringify(right);
  });
}

describe('differences that are laid over one another', () => {
  test('contradict each other at these places', () => {
    expect(contradictions({ a: 1, b: { c: 2 } }, { a: 1, b: { d: 3 } })).toEqual([]);
    expect(contradictions({ a: 1, b: { c: 2 } }, { a: 2, b: { c: 3 } })).toEqual(['a', 'b.c']);
    expect(contradictions({ a: { oneOf: [1, 2] } }, { a: 1 })).toEqual(['a']);
    expect(contradictions({ a: 1 }, { a: { b: 1 } })).toEqual(['a']);
    expect(contradictions({ a: { b: 1 } }, { a: 1 })).toEqual([]);
  });

  test('do not contradict each other on any system and version', () => {
    const found: string[] = [];
    for (const system of new Set(files.map((file) => file.system))) {
      const own = facts.filter((one) => one.system === system).map(({ fact }) => fact);
      for (const cell of cells) {
        for (const version of versionsOf(own)) {
          const here = own.filter((fact) => fact.kind === 'differs' && isAbout(fact, cell) && isOf(fact, version));
          for (const [place, one] of here.entries()) {
            for (const other of here.slice(place + 1)) {
              const [first, second] = [saidBy(one, cell), saidBy(other, cell)];
              const at = new Set([...contradictions(first, second), ...contradictions(second, first)]);
              found.push(...[...at].map((where) => `${system} ${version}: ${cell.id}: ${where}`));
            }
          }
        }
      }
    }
    expect(found).toEqual([]);
  });
});

function isOf(fact: Fact, version: string | undefined): boolean {
  return fact.kind === 'unsettled' || fact.versions === undefined || isAmong(fact.versions, version);
}

/** The newest version of a system, the oldest, and every one at which something changes. */
function versionsOf(own: readonly Fact[]): (string | undefined)[] {
  const ends = own.flatMap((fact) =>
    fact.kind === 'unsettled' ? [] : (fact.versions ?? []).flatMap(({ from, before }) => [from, before]),
  );
  return [...new Set([undefined, '0.0', ...ends])];
}
