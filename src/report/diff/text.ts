import { counted } from '../../text/counted.ts';
import type {
  ContainersDifference,
  RecordDifference,
  MatricesDifference,
  RunsDifference,
} from '../../record/difference.ts';
import { visible } from '../../text/visible.ts';
import { countedCells, conclusions, few, placesInWords, cornerPlaces } from './words.ts';

/** What a line is, for who wants to colour it. */
export type DiffLineKind =
  | 'title'
  | 'empty'
  | 'heading'
  | 'fact'
  | 'different'
  | 'verdict'
  | 'timing'
  | 'only'
  | 'detail'
  | 'note';

export interface DiffLine {
  kind: DiffLineKind;
  /** One line, in which every character can be seen. */
  text: string;
  /** How far what does not fit into a line is set in. */
  indent: number;
}

/** At most this many entries of one kind are shown, so that the difference between two kernels fits on one screen. */
const MOST_ENTRIES = 10;
const MOST_FACTS = 10;
/** A longer name is not made room for. */
const WIDEST_FACT = 16;
const MOST_PLACES = 3;
const MOST_NAMES = 4;

/** A difference for a terminal, the most important first. The JSON has all of it. */
export function diffLines(difference: RecordDifference): DiffLine[] {
  const { before, after, run, matrix, containers } = difference;
  return [
    line('title', `${before} -> ${after}`),
    ...facts(difference),
    ...incomplete(difference),
    ...(run ? runLines(run) : []),
    ...(matrix ? matrixLines(matrix) : []),
    ...(containers ? containersLines(containers) : []),
    line('empty', ''),
    line('heading', conclusions(difference).join('; ')),
  ];
}

function line(kind: DiffLineKind, text: string, indent = 0): DiffLine {
  return { kind, text: visible(text), indent };
}

function facts({ facts: all }: RecordDifference): DiffLine[] {
  const told = all.slice(0, MOST_FACTS);
  const widest = Math.min(
    told.reduce((width, { fact }) => Math.max(width, fact.length), 0),
    WIDEST_FACT,
  );
  const lines = told.map(({ fact, was, is }) => line('fact', `  ${fact.padEnd(widest)}  ${was} -> ${is}`, widest + 4));
  return [...lines, ...more(all.length - told.length, 'fact')];
}

function incomplete({ run, matrix, containers }: RecordDifference): DiffLine[] {
  const sides = [run, matrix, containers].flatMap((part) => (part ? [part.before, part.after] : []));
  const cut = sides.filter(({ complete }) => !complete).map(({ file }) => file);
  return cut.length === 0 ? [] : [line('note', `  not complete: ${cut.join(', ')}`, 4)];
}

/** A part with its heading; each kind of entry is cut to fit on a screen. Nothing if there is nothing to show. */
function section(heading: string, kinds: readonly (readonly DiffLine[][])[]): DiffLine[] {
  const lines = kinds.flatMap((entries) => [
    ...entries.slice(0, MOST_ENTRIES).flat(),
    ...more(entries.length - MOST_ENTRIES, 'entry', 'entries'),
  ]);
  return lines.length === 0 ? [] : [line('empty', ''), line('heading', heading), ...lines];
}

function more(count: number, noun: string, plural?: string): DiffLine[] {
  return count > 0 ? [line('note', `  and ${counted(count, `more ${noun}`, `more ${plural ?? `${noun}s`}`)}`)] : [];
}

function runLines({ outcomes, verdicts, timings, appeared, gone, claims }: RunsDifference): DiffLine[] {
  const only = (sign: string, groups: RunsDifference['gone']) =>
    groups.map((group) => [line('only', `  ${sign} ${group.experiment}: ${countedCells(group)}`, 4)]);
  return section('Experiments', [
    outcomes.map(({ experiment, places, verdict: { was, is }, ...group }) => [
      line('different', `  ≠ ${experiment}: ${placesInWords(places, MOST_PLACES)}`, 4),
      line('detail', `    ${countedCells(group)}${was === is ? '' : `; ${was} -> ${is}`}`, 4),
    ]),
    verdicts.map(({ experiment, was, is, reason, ...group }) => [
      line('verdict', `  ! ${experiment}: verdict ${was} -> ${is}; ${countedCells(group)}`, 4),
      ...(reason === undefined ? [] : [line('detail', `    ${reason}`, 4)]),
    ]),
    timings.map(({ experiment, place, was, is, example, ...group }) => [
      line('timing', `  ~ ${experiment}: ${place} ${was} -> ${is}`, 4),
      line(
        'detail',
        `    ${countedCells(group)}; for example ${example.was.toFixed(1)} -> ${example.is.toFixed(1)} ms`,
        4,
      ),
    ]),
    only('+', appeared),
    only('-', gone),
    claims.map(({ id, was, is }) => [line('verdict', `  ! claim ${id}: ${was} -> ${is}`, 4)]),
  ]);
}

function matrixLines({ answers, appeared, gone }: MatricesDifference): DiffLine[] {
  return section('Bind matrix', [
    answers.map(({ was, is, rules, count, corners, pairs }) => [
      line('different', `  ≠ ${counted(count, 'pair')}: ${was} -> ${is}  (${rulesInWords(rules)})`, 4),
      line('detail', `    ${cornerPlaces(corners)}; for example ${pairInWords(pairs)}`, 4),
    ]),
    appeared > 0 ? [[line('only', `  + ${counted(appeared, 'pair')} that only the second record has`)]] : [],
    gone > 0 ? [[line('only', `  - ${counted(gone, 'pair')} that only the first record has`)]] : [],
  ]);
}

function rulesInWords({ was, is }: MatricesDifference['answers'][number]['rules']): string {
  return was === is ? is : `${was} -> ${is}`;
}

function pairInWords([pair]: MatricesDifference['answers'][number]['pairs']): string {
  return pair ? `${pair.first}, then ${pair.second}` : '';
}

function containersLines({ changes, verdicts, appeared, gone, unasked }: ContainersDifference): DiffLine[] {
  const list = (sign: string, ids: readonly string[]) => ids.map((id) => [line('only', `  ${sign} ${id}`)]);
  return section('Containers', [
    verdicts.map(({ what, says, was, is }) => [
      line('different', `  ! ${what}: ${was} -> ${is}`, 4),
      line('detail', `    ${says}`, 4),
    ]),
    changes.map(({ configuration, was, is, what, who }) => [
      line('different', `  ≠ ${configuration}, ${counted(what.length, 'question')}: ${was} -> ${is}`, 4),
      line('detail', `    ${few(who, MOST_NAMES)}`, 4),
    ]),
    list('+', appeared),
    list('-', gone),
    unasked.appeared > 0 ? [[line('only', `  + ${counted(unasked.appeared, 'question')} not asked before`)]] : [],
    unasked.gone > 0 ? [[line('only', `  - ${counted(unasked.gone, 'question')} not asked any more`)]] : [],
  ]);
}
