import { CLAIMS, type ClaimId } from '../documents/claims.ts';
import type { Cell } from '../experiment/cells.ts';
import type { CellRecord, ClaimRecord } from '../record/record.ts';
import { disagreements, inWords } from '../experiment/expectation.ts';
import { sameByClass } from './sameness.ts';

type Evidence = CellRecord['claims'][number];

/** What an observation says about the claims that its experiment tests. */
export function evidenceOf(cell: Cell, observation: unknown): Evidence[] {
  const evidence: Evidence[] = [];
  for (const [claim, given] of Object.entries(cell.registered.experiment.claims)) {
    const saying = typeof given === 'function' ? given(cell.values) : given;
    if (!saying) continue;
    // A document that says "connection refused" means that error under whatever name a system has for it.
    const against = disagreements(saying.says, observation, sameByClass);
    evidence.push({
      claim,
      holds: against.length === 0,
      against,
      ...(saying.when === undefined ? {} : { when: saying.when }),
    });
  }
  return evidence;
}

/**
 * The verdict on every claim from the cells that ran. The document's own cases decide. When the claim holds in all of
 * them, it is confirmed; but if it does not hold under a further condition, it is qualified by that condition. When it
 * holds in none, it is refuted. When it holds in some, it is qualified by these cases.
 */
export function judgeClaims(cells: readonly CellRecord[]): ClaimRecord[] {
  return (Object.keys(CLAIMS) as ClaimId[]).map((id) => {
    const found = cells.flatMap((cell) =>
      cell.claims.filter(({ claim }) => claim === id).map((evidence) => ({ cell, evidence })),
    );
    const { documents, claim } = CLAIMS[id];
    return {
      id,
      claim,
      documents: [...documents],
      ...decide(found),
      holds: found.filter(({ evidence }) => evidence.holds).map(({ cell }) => cell.id),
      contradicts: found.filter(({ evidence }) => !evidence.holds).map(({ cell }) => cell.id),
    };
  });
}

interface Found {
  cell: CellRecord;
  evidence: Evidence;
}

function decide(found: readonly Found[]): Pick<ClaimRecord, 'verdict' | 'detail'> {
  const own = found.filter(({ evidence }) => evidence.when === undefined);
  const conditional = found.filter(({ evidence }) => evidence.when !== undefined);
  const holding = own.filter(({ evidence }) => evidence.holds);
  const exceptions = conditions(conditional.filter(({ evidence }) => !evidence.holds));
  if (own.length === 0) return { verdict: 'untested', detail: 'no experiment that puts it to the test ran' };
  if (holding.length === own.length) {
    if (exceptions === '') return { verdict: 'confirmed', detail: `in ${count(found.length, 'cell')}` };
    return { verdict: 'qualified', detail: `true, but not when ${exceptions}` };
  }
  if (holding.length === 0) {
    const only = conditions(conditional.filter(({ evidence }) => evidence.holds));
    const instead = `${observed(own)}, in ${count(own.length, 'cell')}`;
    return { verdict: 'refuted', detail: only === '' ? instead : `${instead}; true only when ${only}` };
  }
  const against = own.filter(({ evidence }) => !evidence.holds);
  return {
    verdict: 'qualified',
    detail: `true for ${apart(holding, against)}, not for ${apart(against, holding)}`,
  };
}

/** The observation that differs from what the document says, from the first of these cells. */
function observed(against: readonly Found[]): string {
  const [first] = against[0]?.evidence.against ?? [];
  if (!first) return 'not observed';
  const place = first.path === '' ? '' : `${first.path}: `;
  return `observed ${place}${inWords(first.observed)}, where the document says ${inWords(first.expected)}`;
}

function conditions(found: readonly Found[]): string {
  const all = new Set(found.map(({ evidence }) => evidence.when ?? ''));
  // The shortest conditions first.
  return [...all].toSorted((a, b) => a.length - b.length).join(', or when ');
}

/**
 * What the first cells have that the second cells do not have: a value of an axis; where there is none, their
 * experiments; where that does not help, all their values together; and at last their ids.
 */
function apart(these: readonly Found[], those: readonly Found[]): string {
  const ways: ((cell: CellRecord) => string[])[] = [
    ({ values }) => words(values),
    ({ experiment }) => [experiment],
    ({ values }) => [words(values).join(' with ')],
  ];
  for (const way of ways) {
    const others = new Set(those.flatMap(({ cell }) => way(cell)));
    const own = new Set(these.flatMap(({ cell }) => way(cell)).filter((word) => !others.has(word)));
    // It must be true of each of the first cells; without that, it does not describe them.
    if (these.every(({ cell }) => way(cell).some((word) => own.has(word)))) return [...own].join(', ');
  }
  return these.map(({ cell }) => cell.id).join(', ');
}

function words(values: CellRecord['values']): string[] {
  return Object.entries(values).map(([axis, value]) => `${axis} ${value}`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
