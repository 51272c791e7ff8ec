import { tripleInWords } from '../../../matrix/triples/axes.ts';
import type { TriplesRecord } from '../../../record/triples.ts';
import { block, code, table as markdownTable, text } from '../../markup.ts';
import { runInWords } from '../../summary.ts';
import { duration } from '../../words.ts';
import { tripleAsPlan, tripleLines, triplesSentence } from './text.ts';

/** The record of triples as a page for people, in the Markdown of the forges. */
export function triplesMarkdown(record: TriplesRecord): string {
  const parts = [
    `# bindspec triples: ${text(runInWords(record))}`,
    ...(record.complete ? [] : ['**Not complete: the page holds what was done.**']),
    `${text(triplesSentence(record))}; ${text(duration(record.duration))}.`,
    ...section(
      'Mismatches',
      record.mismatches.map((mismatch) => block(tripleLines(record, mismatch))),
    ),
    ...section(
      'Errors of the harness',
      record.errors.map(({ what, error }) => `- ${text(what)}: ${text(error)}`),
    ),
    ...section('Triples that their pairs do not explain', quirksTable(record)),
    ...section(
      'Blocks that were run',
      record.blocks.map((one) => `- ${text(tripleInWords(one))}`),
    ),
    ...section('Skipped', skippedTable(record)),
    ...section('Rules that decided', rulesTable(record)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(title: string, content: readonly string[]): string[] {
  return content.length === 0 ? [] : [`## ${title}`, ...content];
}

function quirksTable(record: TriplesRecord): string[] {
  if (record.quirks.length === 0) return [];
  const rows = record.quirks.map((quirk) => {
    const { first, second, third } = quirk.example;
    const plan = tripleAsPlan(record, quirk.example, quirk.example);
    return [
      text(quirk.protocol.toUpperCase()),
      code(quirk.rule),
      text(quirk.pairs),
      text(quirk.kernel),
      quirk.triples.toLocaleString('en-US'),
      code(plan ?? `${first}, ${second}, ${third}`),
    ];
  });
  return [markdownTable(['protocol', 'rule', 'the pairs say', 'the answer', 'triples', 'the first of them'], rows)];
}

function rulesTable({ rules }: TriplesRecord): string[] {
  if (rules.length === 0) return [];
  const rows = rules.map(({ id, prose, source }) => [code(id), text(prose), text(source)]);
  return [markdownTable(['rule', 'what it says', 'source'], rows)];
}

function skippedTable({ skipped }: TriplesRecord): string[] {
  if (skipped.length === 0) return [];
  const rows = skipped.map(({ what, triples, reason, enable }) => [
    text(what),
    triples.toLocaleString('en-US'),
    text(reason),
    code(enable),
  ]);
  return [markdownTable(['what', 'triples', 'reason', 'what would enable it'], rows)];
}
