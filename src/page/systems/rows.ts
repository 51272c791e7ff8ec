import type { PageQuestion, PageSystems } from '../../report/page/data.ts';
import { subjectTitle } from '../../report/subjects.ts';
import type { PlatformAnswer, SystemAnswer } from '../../report/systems/answer.ts';
import type { SystemsQuestion } from '../../report/systems/shape.ts';
import type { Chosen } from '../chosen.ts';
import { hits, searchFor, versionsIn } from './search.ts';

/** A column that is shown: a system, or one of its platforms. */
export interface ShownColumn {
  /** The id of the system, or the name of the platform. */
  readonly key: string;
  readonly place: number;
  readonly platform: string | null;
}

/** The folder that a question is in. */
export function subjectIn({ id }: Pick<PageQuestion, 'id'>): string {
  return id.split('/')[0] ?? id;
}

/** The subjects of all questions, in their order. */
export function subjectsIn({ questions }: PageSystems): { id: string; title: string }[] {
  return [...new Set(questions.map(subjectIn))].map((id) => ({ id, title: subjectTitle(id) }));
}

/** The options of sockets that questions are about, by their names. */
export function optionsIn({ questions }: PageSystems): string[] {
  const all = questions.flatMap((question) => textOf(question).match(/\b(?:SO|IP|IPV6|TCP)_[A-Z\d_]+\b/g) ?? []);
  return [...new Set(all)].toSorted();
}

/** The questions that a reader's choices leave. `details` are needed for where two columns differ. */
export function questionsFor(
  systems: PageSystems,
  chosen: Chosen,
  details: readonly SystemsQuestion[] | null,
): PageQuestion[] {
  const { questions, columns } = systems;
  const { q = '', subject = '', protocol = '', option = '' } = chosen;
  const search = searchFor(q);
  const two = twoOf(systems, chosen);
  const full = new Map(details?.map((one) => [one.id, one]));
  const named = search.systems.map((id) => columns.findIndex((column) => column.id === id));
  return questions.filter((question) => {
    if (subject !== '' && subjectIn(question) !== subject) return false;
    if (protocol !== '' && !isOver(question, protocol)) return false;
    if (option !== '' && !textOf(question).includes(option)) return false;
    if (search.words.length > 0 && hits(searchable(question), search) < search.words.length) return false;
    if (named.length > 0 && named.every((place) => question.answers[place]?.[2] === 'none')) return false;
    return two === null || differAt(full.get(question.id), columns, two);
  });
}

/** The questions that have most of the words of a search, where none has all of them. */
export function nearest({ questions }: PageSystems, q: string, most: number): PageQuestion[] {
  const search = searchFor(q);
  return questions
    .map((question) => ({ question, found: hits(searchable(question), search) }))
    .filter(({ found }) => found > 0)
    .toSorted((one, other) => other.found - one.found)
    .slice(0, most)
    .map(({ question }) => question);
}

/** The two columns whose differences alone are wanted: as chosen, or by the versions that a search names; else null. */
export function twoOf({ columns }: PageSystems, { a = '', b = '', q = '' }: Chosen): readonly [string, string] | null {
  if (a !== '' && b !== '') return a === b ? null : [a, b];
  const platforms = columns.flatMap((column) => column.platforms);
  const [one, other, ...more] = versionsIn(q).flatMap(
    (version) => platforms.find(({ title }) => ` ${title} `.includes(` ${version} `))?.name ?? [],
  );
  return one === undefined || other === undefined || one === other || more.length > 0 ? null : [one, other];
}

/** A column by its key: a system, or a platform of one. */
function columnBy(columns: PageSystems['columns'], key: string): ShownColumn | null {
  const system = columns.findIndex(({ id }) => id === key);
  if (system !== -1) return { key, place: system, platform: null };
  const place = columns.findIndex(({ platforms }) => platforms.some(({ name }) => name === key));
  return place === -1 ? null : { key, place, platform: key };
}

/** The columns that are shown: two that are compared; those that a search names, beside Linux; or all, some unfolded. */
export function shownColumns(systems: PageSystems, chosen: Chosen): ShownColumn[] {
  const { columns } = systems;
  const keys = twoOf(systems, chosen) ?? wantedSystems(chosen);
  const found = keys?.flatMap((key) => columnBy(columns, key) ?? []) ?? [];
  const unfolded = new Set(chosen['unfold']?.split(','));
  const base = found.length > 0 ? found : columns.flatMap(({ id }) => columnBy(columns, id) ?? []);
  return base.flatMap((column): ShownColumn[] => {
    const { id, platforms } = columns[column.place] ?? { id: '', platforms: [] };
    if (column.platform !== null || !unfolded.has(id)) return [column];
    return [column, ...platforms.map(({ name }) => ({ key: name, place: column.place, platform: name }))];
  });
}

function wantedSystems({ q = '', systems = '' }: Chosen): readonly string[] | null {
  if (systems !== '') return systems.split(',');
  const { systems: named } = searchFor(q);
  return named.length === 0 ? null : [...new Set(['linux', ...named])];
}

/** The answer of a column to a question or a case of it; null where there is none. */
export function answerIn(
  { answers }: Pick<SystemsQuestion, 'answers'>,
  { place, platform }: ShownColumn,
): SystemAnswer | PlatformAnswer | null {
  const answer = answers[place];
  if (answer === undefined || answer.basis === 'none') return null;
  return platform === null ? answer : (answer.on.find((one) => one.platform === platform) ?? null);
}

function differAt(
  question: SystemsQuestion | undefined,
  columns: PageSystems['columns'],
  keys: readonly [string, string],
): boolean {
  const [one, other] = keys.map((key) => columnBy(columns, key));
  if (question === undefined || !one || !other) return false;
  return question.cases.some((cases) => {
    const [left, right] = [answerIn(cases, one), answerIn(cases, other)];
    if (left === null || right === null) return false;
    if (one.key === 'linux') return right.likeness !== 'same';
    if (other.key === 'linux') return left.likeness !== 'same';
    return left.word !== right.word || left.likeness !== right.likeness;
  });
}

/** A question that does not depend on the protocol is one of both. */
function isOver({ values }: PageQuestion, protocol: string): boolean {
  const protocols = values.filter((value) => value === 'tcp' || value === 'udp');
  return protocols.length === 0 || protocols.some((one) => one === protocol);
}

function textOf({ id, title, asks, values }: PageQuestion): string {
  return [id, title, asks, ...values].join('\n');
}

function searchable(question: PageQuestion): string {
  return [textOf(question), subjectTitle(subjectIn(question)), ...question.answers.map(([word]) => word)]
    .join('\n')
    .toLowerCase();
}
