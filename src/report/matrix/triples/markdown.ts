import { tripleInWords } from '../../../matrix/triples/axes.ts';
import type { TriplesRecord } from '../../../record/triples.ts';
import { code, section, table as markdownTable, text } from '../../markup.ts';
import { faultSections, pageHead, rulesSection, skippedSection } from '../page-parts.ts';
import { tripleAsPlan, tripleLines, triplesSentence } from './text.ts';

/** The record of triples as a page for people, in the Markdown of the forges. */
export function triplesMarkdown(record: TriplesRecord): string {
  const mismatches = record.mismatches.map((mismatch) => tripleLines(record, mismatch));
  const parts = [
    ...pageHead(record, 'triples', triplesSentence(record)),
    ...faultSections(mismatches, record.errors),
    ...section('Triples that their pairs do not explain', quirksTable(record)),
    ...section(
      'Blocks that were run',
      record.blocks.map((one) => `- ${text(tripleInWords(one))}`),
    ),
    ...skippedSection(
      'triples',
      record.skipped.map(({ triples, ...skip }) => ({ ...skip, count: triples.toLocaleString('en-US') })),
    ),
    ...rulesSection(record.rules),
  ];
  return `${parts.join('\n\n')}\n`;
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
