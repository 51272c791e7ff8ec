import type { PageCell, PageData, PageExperiment } from '../../report/page/data.ts';
import { subjectTitle } from '../../report/subjects.ts';
import type { Chosen } from '../chosen.ts';
import { standings } from '../standings.ts';

/** The folder that an experiment is in. */
export function subjectOf({ id }: Pick<PageExperiment, 'id'>): string {
  return id.split('/')[0] ?? id;
}

/** The subjects of the experiments, in their order. */
export function subjectsOf({ experiments }: PageData): { id: string; title: string }[] {
  return [...new Set(experiments.map(subjectOf))].map((id) => ({ id, title: subjectTitle(id) }));
}

/** The protocols that any experiment is done over. */
export function protocolsOf({ experiments }: PageData): string[] {
  const all = experiments.flatMap(({ cells }) => cells.flatMap(({ values }) => values['protocol'] ?? []));
  return [...new Set(all)];
}

/** Between the names of platforms in the address; a name may have commas in it. */
export const BETWEEN_NAMES = '|';

/** The platforms that are shown, by their places: those that were chosen; all, where none of the chosen is here. */
export function shownPlatforms({ platforms }: PageData, { platforms: names }: Chosen): number[] {
  const chosen = new Set(names?.split(BETWEEN_NAMES));
  const places = platforms.flatMap(({ name, run }, place) => (run && chosen.has(name) ? [place] : []));
  return places.length > 0 ? places : platforms.flatMap(({ run }, place) => (run ? [place] : []));
}

/** What a reader's choices leave: experiments with the cells of them that are meant. */
export function filtered(data: PageData, chosen: Chosen): PageExperiment[] {
  const { q = '', subject = '', protocol = '', only } = chosen;
  const shown = shownPlatforms(data, chosen);
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return data.experiments.flatMap((experiment) => {
    if (subject !== '' && subjectOf(experiment) !== subject) return [];
    const cells = experiment.cells.filter(
      (cell) => isOver(cell, protocol) && (only !== 'differences' || isApart(data, cell, shown)),
    );
    if (cells.length === 0 || !tells(data, { ...experiment, cells }, shown, words)) return [];
    return [{ ...experiment, cells }];
  });
}

/** A cell that is not told apart by the protocol is of either. */
function isOver({ values }: PageCell, protocol: string): boolean {
  return protocol === '' || (values['protocol'] ?? protocol) === protocol;
}

/** Whether a platform did something else than the others, or than it should. */
function isApart(data: PageData, cell: PageCell, shown: readonly number[]): boolean {
  return standings(data, cell, shown).some((one) => one !== null && one !== 'same' && one !== 'unobserved');
}

/** Whether every word is in what the experiment asks or in what was observed in it. */
function tells(data: PageData, { id, title, asks, cells }: PageExperiment, shown: readonly number[], words: string[]) {
  if (words.length === 0) return true;
  const sights = new Set(cells.flatMap(({ on }) => shown.flatMap((place) => on[place]?.[0] ?? [])));
  const observed = [...sights].flatMap((sight) => {
    const { word = '', verdict = '', outcomes = [] } = data.sights[sight] ?? {};
    return [word, verdict, ...outcomes.map((one) => one.observed)];
  });
  const text = [id, title, asks, ...cells.map((cell) => cell.id), ...observed].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}
