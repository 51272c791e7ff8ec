import type { Cell } from '../experiment/cells.ts';
import { disagreements, laidOver, partOf, placesIn, type Disagreement } from '../experiment/expectation.ts';
import { PROVENANCES, type Citation, type Experiment, type Provenance, type System } from '../experiment/experiment.ts';
import type { Fact, Ground } from '../experiment/known.ts';
import { compareVersions, isAmong } from '../experiment/versions.ts';
import { modelledFor } from './modelled.ts';
import { sameName, sameByClass, withoutNames } from './sameness.ts';

/** How an expectation is known: in the same way as a fact, or only because it was observed on another version of the system. */
type Known = Provenance | 'other-version';

/** The expectation for a cell on a platform, and how it is known. */
export interface Resolved {
  /** Only what is known to be right there; other parts of an observation are not judged. */
  expect: unknown;
  known: Known;
  cite: readonly Citation[];
  /** Why this platform differs from the others; absent where it does not differ. */
  because?: string;
}

/** One reason to expect something. */
interface Reason extends Resolved {
  known: Provenance;
  /** Whether it differs because of a fact, and not only because of a model's rule. */
  told?: boolean;
  /** The version on which it was observed, where that is not the version that is judged. */
  elsewhere?: string;
}

/**
 * What is expected of a cell on a system, or null where no one has said. On Linux, the experiment says it. On other
 * systems, it comes from what the system's model says of the binds, what is known to hold as on Linux, and what is known
 * to differ; for the rest, from what a committed record of the system observed to be as on Linux. All differences that
 * match are laid over one another. `version` is the version of the system, as the platform's record writes it; without
 * it, the newest known behaviour.
 */
export function expectationFor(cell: Cell, system: System, version?: string): Resolved | null {
  const reasons = reasonsFor(cell, system, version);
  if (reasons.length === 0) return null;
  const other = reasons.some(({ elsewhere }) => elsewhere !== undefined);
  return { ...together(reasons), ...(other ? { known: 'other-version' } : {}) };
}

/** Every reason to expect something of a cell; each is to be laid over the reasons before it. */
function reasonsFor(cell: Cell, system: System, version: string | undefined): Reason[] {
  const { values } = cell;
  const { experiment, known } = cell.registered;
  const linux = resolve(experiment.expect, values);
  const facts = (known?.facts ?? []).filter((fact) => fact.system === system && applies(fact, values, version));
  const other = otherVersion(known?.recorded ?? [], system, version);
  const markedFrom = (ground: Ground) =>
    other !== null && ground.known === 'observed' && ground.versions === undefined ? { elsewhere: other } : {};

  const holding = facts.flatMap((fact): Reason[] => {
    if (fact.kind !== 'holds') return [];
    const { places } = fact;
    const expect = places === undefined ? linux : partOf(linux, (place) => places.includes(place));
    return expect === undefined ? [] : [{ expect, known: fact.known, cite: fact.cite, ...markedFrom(fact) }];
  });
  const differing = facts.flatMap((fact): Reason[] => {
    if (fact.kind !== 'differs') return [];
    const { cite, because } = fact;
    return [
      { expect: resolve(fact.expect, values), known: fact.known, cite, because, told: true, ...markedFrom(fact) },
    ];
  });
  if (system === 'linux') return [{ expect: linux, known: experiment.known, cite: experiment.cite }, ...differing];
  const modelled = modelledFor(experiment, values, system, version);
  const said = [...holding, ...(modelled === null ? [] : [asReason(modelled, linux, experiment)]), ...differing];
  const recorded = recordedFor(cell, { system, version }, linux, said, facts);
  return recorded === null ? said : [recorded, ...said];
}

function applies(fact: Fact, values: Cell['values'], version: string | undefined): boolean {
  if (fact.where?.(values) === false) return false;
  return fact.kind === 'unsettled' || fact.versions === undefined || isAmong(fact.versions, version);
}

/** What a model says, as a reason. It differs from Linux where it expects more than another name for the same error. */
function asReason(modelled: Resolved & { known: Provenance }, linux: unknown, { names }: Experiment): Reason {
  const { because, ...ground } = modelled;
  const merged = laidOver(linux, modelled.expect);
  const plain = names === true ? JSON.stringify : (value: unknown) => JSON.stringify(withoutNames(value));
  return { ...ground, ...(plain(merged) === plain(linux) || because === undefined ? {} : { because }) };
}

type Records = NonNullable<Cell['registered']['known']>['recorded'];

/** The newest recorded version of a system; null where there is a record of the version that is meant, or no record at all. */
function otherVersion(records: Records, system: System, version: string | undefined): string | null {
  const versions = records.filter((record) => record.system === system).map((record) => record.version);
  if (version === undefined || versions.some((one) => compareVersions(one, version) === 0)) return null;
  return versions.toSorted(compareVersions).at(-1) ?? null;
}

/**
 * What a committed record of the system observed to be as on Linux, where nothing else says what is right there; null
 * where nothing is left. The record is that of the version that is meant; without one, it is the record of the newest
 * version that has the cell.
 */
function recordedFor(
  { id, registered }: Cell,
  { system, version }: { system: System; version: string | undefined },
  linux: unknown,
  said: readonly Reason[],
  facts: readonly Fact[],
): Reason | null {
  const records = (registered.known?.recorded ?? [])
    .filter((record) => record.system === system && Object.hasOwn(record.otherwise, id))
    .toSorted((one, other) => compareVersions(one.version, other.version));
  const own = records.find((record) => compareVersions(record.version, version) === 0);
  const record = own ?? records.at(-1);
  if (record === undefined) return null;
  const taken = [
    ...said.flatMap(({ expect }) => placesIn(expect)),
    ...(record.otherwise[id] ?? []),
    ...facts.flatMap((fact) => (fact.kind === 'unsettled' ? fact.places : [])),
  ];
  const left = new Set(
    placesIn(linux).filter((place) => !taken.some((one) => isWithin(place, one) || isWithin(one, place))),
  );
  const expect = partOf(linux, (place) => left.has(place));
  if (expect === undefined) return null;
  return {
    expect,
    known: 'observed',
    cite: [{ source: 'records', where: `${record.platform}/record.json` }],
    ...(own !== undefined || version === undefined ? {} : { elsewhere: record.version }),
  };
}

/** Whether a place is the same as another place, or below it. */
function isWithin(place: string, other: string): boolean {
  return place === other || other === '' || place.startsWith(`${other}.`);
}

function resolve(expect: Experiment['expect'], values: Cell['values']): unknown {
  return typeof expect === 'function' ? expect(values) : expect;
}

/**
 * Several reasons as one expectation, each laid over the reasons before it. The weakest of them says how it is known. All
 * facts that differ give their reasons; the model's rule gives its reason only where no fact differs. The text that is
 * cited last comes first.
 */
function together(reasons: readonly Reason[]): Resolved {
  const told = reasons.filter((reason) => reason.told === true);
  const because = new Set((told.length > 0 ? told : reasons).flatMap((reason) => reason.because ?? []));
  const ranks = reasons.map(({ known }) => PROVENANCES.indexOf(known));
  const texts = new Map(
    reasons
      .toReversed()
      .flatMap(({ cite }) => cite)
      .map((one) => [`${one.source} ${one.where}`, one]),
  );
  return {
    expect: reasons.map(({ expect }) => expect).reduce(laidOver),
    known: PROVENANCES[Math.max(...ranks)] ?? 'reported',
    cite: [...texts.values()],
    ...(because.size === 0 ? {} : { because: [...because].join(' ') }),
  };
}

/**
 * Judges the observation of a cell on a system. `pass`; or `differs` where a documented difference held; or `fail`; or
 * `unjudged` where no one has said what to expect, or where only an observation on another version of the system is
 * against it. On Linux, and where names are the question, an error must have the expected name; elsewhere, another name
 * for the same error is accepted.
 */
export function judge(cell: Cell, system: System, version: string | undefined, observation: unknown): Judgement {
  const reasons = reasonsFor(cell, system, version);
  if (reasons.length === 0) return { verdict: 'unjudged', disagreements: [] };
  const same = system === 'linux' || cell.registered.experiment.names === true ? sameName : sameByClass;
  const against = (some: readonly Reason[]) =>
    some.length === 0 ? [] : disagreements(together(some).expect, observation, same);
  const found = against(reasons);
  if (found.length === 0) {
    return { verdict: together(reasons).because === undefined ? 'pass' : 'differs', disagreements: [] };
  }
  const firm = reasons.filter(({ elsewhere }) => elsewhere === undefined);
  if (firm.length === reasons.length) return { verdict: 'fail', disagreements: found };
  const certain = against(firm);
  if (certain.length > 0) return { verdict: 'fail', disagreements: certain };
  const seen = [...new Set(reasons.flatMap(({ elsewhere }) => elsewhere ?? []))].join(' and ');
  const reason = `the record of ${system} ${seen} shows something else, and no one has said what is right on this version`;
  return { verdict: 'unjudged', disagreements: [], reason };
}

/** A verdict, the disagreements that it is based on, and why a cell is not judged although something was expected of it. */
interface Judgement {
  verdict: 'pass' | 'differs' | 'fail' | 'unjudged';
  disagreements: Disagreement[];
  reason?: string;
}
