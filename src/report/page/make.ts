import type { Comparison, ComparedCell, ComparedExperiment } from '../../record/comparison.ts';
import type { ContainersRecord } from '../../record/containers.ts';
import type { CellRecord } from '../../record/record.ts';
import type { ReceiversRecord } from '../../record/receivers.ts';
import type { ServerRecord } from '../../record/server.ts';
import type { TriplesRecord } from '../../record/triples.ts';
import { serverRows } from '../../programs/rows.ts';
import { packReceivers } from '../../matrix/receivers/pack.ts';
import { packMatrices, type PackedMatrices } from '../../matrix/pack.ts';
import { cellsOf, type Registered } from '../../experiment/cells.ts';
import { leaves } from '../../experiment/expectation.ts';
import type { Column } from '../comparison/columns.ts';
import { expectedInWords, observedInWords, placeInWords, sourceOf } from '../words.ts';
import type { SystemsTable } from '../systems/shape.ts';
import { systemsTable } from '../systems/table.ts';
import type {
  FirstData,
  PageSystems,
  Pack,
  PageCell,
  PageClaim,
  PageEngine,
  PageData,
  PageExpectation,
  PageExperiment,
  PagePlatform,
  Ruling,
  Sight,
  Tape,
} from './data.ts';
import { declaredFor } from './declared.ts';
import { headline } from './headline.ts';
import { emptyViews } from './recorded.ts';
import { Shared } from './shared.ts';
import { pageTriples } from './triples.ts';

/** The data of a page, and the texts that are to be packed, in the order of their numbers. */
export interface Made {
  data: PageData;
  packs: string[];
}

/** Records that are not compared as columns. */
export interface MoreRecords {
  readonly triples?: readonly TriplesRecord[];
  readonly receivers?: readonly ReceiversRecord[];
  readonly servers?: readonly ServerRecord[];
}

/** The page has so many of a cell's calls; the record has them all. */
const MOST_CALLS = 100;

/** What is gathered on the way. */
interface Gathered {
  sights: Shared<Sight>;
  expectations: Shared<PageExpectation>;
  rulings: Shared<Ruling>;
  sources: Set<string>;
  packs: string[];
}

/** A column with its cells by their ids. */
interface Indexed extends Column {
  cells: ReadonlyMap<string, CellRecord>;
}

/**
 * What the page of a comparison needs, of it and of what it was made of.
 * @param registry the experiments of this bindspec, which say what is expected on systems that were not recorded
 * @param systems the table of systems, from who has it already
 */
export function pageData(
  comparison: Comparison,
  columns: readonly Column[],
  engines: readonly ContainersRecord[] = [],
  registry: readonly Registered[] = [],
  { triples = [], receivers = [], servers = [] }: MoreRecords = {},
  systems: SystemsTable = systemsTable(comparison, engines, registry),
): Made {
  const gathered: Gathered = {
    sights: new Shared(),
    expectations: new Shared(),
    rulings: new Shared(),
    sources: new Set(),
    packs: [],
  };
  const indexed = columns.map((column): Indexed => ({
    ...column,
    cells: new Map(column.run?.cells.map((cell) => [cell.id, cell])),
  }));
  const experiments = comparison.experiments.map(({ id, title, asks, cells }) => ({
    id,
    title,
    asks,
    cells: cells.map((cell) => cellOf(cell, indexed, gathered)),
    tapes: tapesOf(cells, indexed, gathered),
    declared: declaredOf(
      registry.find((one) => one.id === id),
      gathered,
    ),
  }));
  const claims = comparison.claims.map((claim) => claimOf(claim, columns, gathered));
  return {
    data: {
      bindspec: comparison.bindspec,
      matrices: matricesOf(columns, gathered),
      singles: singlesOf(columns, gathered),
      triples: pageTriples(triples),
      receivers: receivers.length === 0 ? null : pack(gathered, packReceivers(receivers)),
      servers: serverRows(servers),
      systems: systemsOf(systems, gathered),
      platforms: comparison.platforms.flatMap((platform) => platformOf(platform, columns)),
      experiments,
      sights: gathered.sights.values,
      expectations: gathered.expectations.values,
      claims,
      rulings: gathered.rulings.values,
      engines: (comparison.engines ?? []).map((engine, place) => ({
        ...engine,
        record: pack(gathered, engines[place]) as PageEngine['record'],
      })),
      sources: Object.fromEntries([...gathered.sources].map((id) => [id, sourceOf(id)])),
    },
    packs: gathered.packs,
  };
}

function platformOf(platform: Comparison['platforms'][number], columns: readonly Column[]): PagePlatform[] {
  const column = columns.find(({ name }) => name === platform.name);
  const origin = column?.run ?? column?.matrix;
  if (origin === undefined) return [];
  const { lab, hosts, addresses } = origin.lab;
  return [{ ...platform, lab: { lab, hosts, addresses } }];
}

function cellOf(cell: ComparedCell, columns: readonly Indexed[], gathered: Gathered): PageCell {
  const on = columns.map(({ name, cells }): PageCell['on'][number] => {
    const [seen, record] = [cell.on[name], cells.get(cell.id)];
    if (seen === undefined || record === undefined) return null;
    const group = cell.alike.findIndex((names) => names.includes(name));
    const most = cell.on[cell.alike[0]?.[0] ?? ''];
    const word = seen.outcomes.length === 0 ? seen.verdict : headline(seen.outcomes, most?.outcomes);
    return [gathered.sights.put(sightOf(seen, word, record, gathered)), group === -1 ? null : group];
  });
  return { id: cell.id, values: cell.values, on };
}

function sightOf(
  { verdict, reason, outcomes }: ComparedCell['on'][string],
  word: string,
  record: CellRecord,
  gathered: Gathered,
): Sight {
  return {
    verdict,
    word,
    outcomes: outcomes.map(({ place, observed }) => ({ place: place === '' ? '' : placeInWords(place), observed })),
    ...(reason === undefined ? {} : { reason }),
    ...(record.enable === undefined ? {} : { enable: record.enable }),
    ...(record.expectation === undefined ? {} : { expectation: expectationOf(record.expectation, gathered) }),
    ...(record.disagreements.length === 0 ? {} : { disagreements: record.disagreements.map(disagreement) }),
  };
}

function disagreement({ path, expected, observed }: CellRecord['disagreements'][number]) {
  return { place: placeInWords(path), expected: expectedInWords(expected), observed: observedInWords(observed) };
}

function expectationOf(
  { expect, known, cite, because }: NonNullable<CellRecord['expectation']>,
  { expectations, sources }: Gathered,
): number {
  for (const { source } of cite) sources.add(source);
  return expectations.put({
    leaves: leaves(expect).map(([place, expected]) => ({ place, expected: expectedInWords(expected) })),
    known,
    cite,
    ...(because === undefined ? {} : { because }),
  });
}

function declaredOf(registered: Registered | undefined, gathered: Gathered): PageExperiment['declared'] {
  if (registered === undefined) return null;
  const declared = declaredFor(cellsOf(registered));
  for (const { source } of declared.flatMap(({ grounds }) => grounds.flatMap(({ cite }) => cite))) {
    gathered.sources.add(source);
  }
  return pack(gathered, declared);
}

/** An experiment's transcripts, of all platforms together, because they are nearly alike and so pack well. */
function tapesOf(
  cells: ComparedExperiment['cells'],
  columns: readonly Indexed[],
  gathered: Gathered,
): Pack<(Tape | number | null)[][]> {
  const stands = columns.map((column) => standsFor(column, columns));
  return pack(
    gathered,
    cells.map((cell) =>
      columns.map(({ name, cells: own }, place) => {
        const other = stands[place] ?? -1;
        const isAlike = cell.alike.some((names) => names.includes(name) && names.includes(columns[other]?.name ?? ''));
        return other !== place && isAlike ? other : tapeOf(own.get(cell.id));
      }),
    ),
  );
}

/**
 * The place of the platform whose calls stand for those of another one of its system: the fullest that runs on
 * a machine as it is. A kernel that did the same made the same calls, and a page with all of them would be too large to open.
 */
function standsFor({ run }: Indexed, columns: readonly Indexed[]): number {
  const [fullest] = columns
    .map(({ run: other, cells }, place) => ({ other, size: cells.size, place }))
    .filter(({ other }) => other?.platform.system === run?.platform.system && other?.platform.stack === undefined)
    .toSorted((one, two) => two.size - one.size);
  return fullest?.place ?? -1;
}

function tapeOf(cell: CellRecord | undefined): Tape | null {
  if (cell === undefined) return null;
  const { observation, duration, attempts, transcript } = cell;
  const shown = transcript.slice(0, MOST_CALLS).map((line) => ({ ...line, at: Math.round(line.at * 10) }));
  return {
    observation,
    duration,
    attempts,
    transcript: shown.map(({ at, part, host, call }, place) => ({
      after: at - (shown[place - 1]?.at ?? 0),
      part,
      host,
      call,
    })),
    left: transcript.length - shown.length,
  };
}

/** The table of systems, with what only its details show packed. */
function systemsOf({ columns, questions }: SystemsTable, gathered: Gathered): PageSystems {
  for (const { source } of questions.flatMap(({ answers }) => answers.flatMap(({ cite }) => cite))) {
    gathered.sources.add(source);
  }
  return {
    columns,
    questions: questions.map(({ id, title, asks, values, answers }) => ({
      id,
      title,
      asks,
      values,
      answers: answers.map(({ word, likeness, basis, cases: { answered, observed, alike } }) => [
        word,
        likeness,
        basis,
        answered,
        observed,
        alike,
      ]),
    })),
    details: pack(gathered, questions),
  };
}

/** A page's data as what its first view needs, and one more pack with everything. */
export function inTwo({ data, packs }: Made): { first: FirstData; packs: string[] } {
  const { bindspec, systems } = data;
  return {
    first: { bindspec, systems, empty: emptyViews(data), rest: packs.length },
    packs: [...packs, JSON.stringify(data)],
  };
}

function matricesOf(columns: readonly Column[], gathered: Gathered): Pack<PackedMatrices> | null {
  const given = columns.flatMap(({ name, matrix }) => (matrix === undefined ? [] : [{ name, record: matrix }]));
  return given.length === 0 ? null : pack(gathered, packMatrices(given));
}

function singlesOf(columns: readonly Column[], gathered: Gathered): PageData['singles'] {
  const given = columns.flatMap(({ name, matrix }) =>
    matrix?.singles === undefined ? [] : [{ name, singles: matrix.singles }],
  );
  return given.length === 0 ? null : pack(gathered, given);
}

function pack<T>({ packs }: Gathered, content: T): Pack<T> {
  return packs.push(JSON.stringify(content)) - 1;
}

function claimOf(
  { id, claim, documents }: Comparison['claims'][number],
  columns: readonly Column[],
  { rulings, sources }: Gathered,
): PageClaim {
  for (const document of documents) sources.add(document);
  const on = columns.map(({ run }) => {
    const found = run?.claims.find((one) => one.id === id);
    if (found === undefined) return null;
    const { verdict, detail, holds, contradicts } = found;
    return rulings.put({ verdict, detail, holds, contradicts });
  });
  return { id, claim, documents, on };
}
