import { counted } from '../../text/counted.ts';
import type {
  ContainersDifference,
  RecordDifference,
  MatricesDifference,
  RunsDifference,
} from '../../record/difference.ts';
import { code, details, section, table, text } from '../markup.ts';
import { countedCells, conclusions, cornerPlaces } from './words.ts';

/** Forges cut long pages; of one experiment or rule no more pairs, places or questions are named than this. */
const MOST_NAMED = 20;

/** A difference as a page, or a part of one for example the description of a pull request. */
export function diffMarkdown(difference: RecordDifference): string {
  const { before, after, facts, run, matrix, containers } = difference;
  const parts = [
    `# ${text(before)} → ${text(after)}`,
    `**${text(conclusions(difference).join('; '))}.**`,
    ...(facts.length === 0
      ? []
      : [
          table(
            ['', 'before', 'after'],
            facts.map(({ fact, was, is }) => [text(fact), text(was), text(is)]),
          ),
        ]),
    ...incomplete(difference),
    ...(run ? runParts(run) : []),
    ...(matrix ? matrixParts(matrix) : []),
    ...(containers ? containersParts(containers) : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function incomplete({ run, matrix, containers }: RecordDifference): string[] {
  const sides = [run, matrix, containers].flatMap((part) => (part ? [part.before, part.after] : []));
  const cut = sides.filter(({ complete }) => !complete).map(({ file }) => code(file));
  return cut.length === 0 ? [] : [`> **Not complete:** ${cut.join(', ')}.`];
}

/** A table with its heading; nothing of no rows. */
function tableSection(heading: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return section(heading, rows.length === 0 ? [] : [table(head, rows)]);
}

function runParts({ outcomes, verdicts, timings, appeared, gone, claims }: RunsDifference): string[] {
  const only = (groups: RunsDifference['gone']) =>
    groups.map((group) => [code(group.experiment), text(countedCells(group))]);
  return [
    ...tableSection(
      'Other outcomes',
      ['Experiment', 'Cells', 'Outcome', 'Verdict'],
      outcomes.map(({ experiment, places, verdict: { was, is }, ...group }) => [
        code(experiment),
        text(countedCells(group)),
        upTo(places.map((one) => `${text(one.place)} ${code(one.was)} → ${code(one.is)}`.trim())),
        was === is ? was : `${was} → ${is}`,
      ]),
    ),
    ...tableSection(
      'Other verdicts of the same outcomes',
      ['Experiment', 'Cells', 'Verdict', 'Reason'],
      verdicts.map(({ experiment, was, is, reason = '', ...group }) => [
        code(experiment),
        text(countedCells(group)),
        `${was} → ${is}`,
        text(reason),
      ]),
    ),
    ...tableSection(
      'Other timing',
      ['Experiment', 'Cells', 'Place', 'Timing', 'For example'],
      timings.map(({ experiment, place, was, is, example, ...group }) => [
        code(experiment),
        text(countedCells(group)),
        text(place),
        `${was} → ${is}`,
        `${example.was.toFixed(1)} → ${example.is.toFixed(1)} ms`,
      ]),
    ),
    ...tableSection('Only in the second record', ['Experiment', 'Cells'], only(appeared)),
    ...tableSection('Only in the first record', ['Experiment', 'Cells'], only(gone)),
    ...tableSection(
      'Other verdicts of claims',
      ['Claim', 'Verdict'],
      claims.map(({ id, was, is }) => [code(id), `${was} → ${is}`]),
    ),
  ];
}

function matrixParts({ answers, appeared, gone }: MatricesDifference): string[] {
  const only = [
    ...(appeared > 0 ? [`${counted(appeared, 'pair')} only in the second record.`] : []),
    ...(gone > 0 ? [`${counted(gone, 'pair')} only in the first record.`] : []),
  ];
  return [
    ...tableSection(
      'Bind matrix',
      ['Pairs', 'Answer', 'Rule', 'Where', 'Such as'],
      answers.map(({ was, is, rules, count, corners, pairs }) => [
        String(count),
        `${code(was)} → ${code(is)}`,
        [...new Set([rules.was, rules.is])].map(code).join(' → '),
        text(cornerPlaces(corners)),
        pairs.map(({ first, second }) => `${code(first)}, then ${code(second)}`).join('<br>'),
      ]),
    ),
    ...(only.length === 0 ? [] : [only.join(' ')]),
  ];
}

function containersParts({ changes, verdicts, appeared, gone, unasked }: ContainersDifference): string[] {
  const questions = [
    ...(unasked.appeared > 0 ? [`${counted(unasked.appeared, 'question')} not asked before.`] : []),
    ...(unasked.gone > 0 ? [`${counted(unasked.gone, 'question')} not asked any more.`] : []),
  ];
  return [
    ...tableSection(
      'Other verdicts',
      ['', 'What it means', 'Verdict'],
      verdicts.map(({ what, says, was, is }) => [code(what), text(says), `${text(was)} → ${text(is)}`]),
    ),
    ...tableSection(
      'Questions with another outcome',
      ['Configuration', 'Questions', 'Outcome', 'Who'],
      changes.map(({ configuration, was, is, who, what }) => [
        code(configuration),
        String(what.length),
        `${code(was)} → ${code(is)}`,
        upTo(who.map(text)),
      ]),
    ),
    ...(changes.length === 0 ? [] : [details('All of these questions', changes.map(questionsOf).join('\n\n'))]),
    ...tableSection(
      'Configurations of one record only',
      ['Configuration', 'Record'],
      [...appeared.map((id) => [code(id), 'second']), ...gone.map((id) => [code(id), 'first'])],
    ),
    ...(questions.length === 0 ? [] : [questions.join(' ')]),
  ];
}

function questionsOf({ configuration, was, is, what }: ContainersDifference['changes'][number]): string {
  return [`${code(configuration)} ${code(was)} → ${code(is)}:`, '', ...what.map((one) => `- ${text(one)}`)].join('\n');
}

function upTo(entries: readonly string[]): string {
  const others = entries.length - MOST_NAMED;
  return [...entries.slice(0, MOST_NAMED), ...(others > 0 ? [`and ${others} more`] : [])].join('<br>');
}
