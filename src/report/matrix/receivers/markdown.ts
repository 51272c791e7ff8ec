import { modelNamed } from '../../../model/index.ts';
import type { ReceiversRecord } from '../../../record/receivers.ts';
import { section, text } from '../../markup.ts';
import { faultSections, gridInMarkdown, pageHead, rulesSection, skippedSection } from '../page-parts.ts';
import { RECEIVERS_KEY, receiversTables } from './tables.ts';
import { receiverMismatchLines, receiversSentence } from './text.ts';

/** A record of who receives as a page for people, in the Markdown of the forges. */
export function receiversMarkdown(record: ReceiversRecord): string {
  const model = modelNamed(record.settings.model);
  const mismatches = record.mismatches.map((mismatch) => receiverMismatchLines(record, mismatch));
  const tables = receiversTables(record).flatMap((table) =>
    gridInMarkdown(table, table.of.map((what) => `- ${text(what)}`).join('\n')),
  );
  const parts = [
    ...pageHead(record, 'matrix --receivers', receiversSentence(record)),
    ...(model ? [`Compared with the model of ${text(model.title)}.`] : []),
    ...faultSections(mismatches, record.errors),
    ...section('Tables', [`First sockets down, second ones across. ${text(RECEIVERS_KEY)}.`, ...tables]),
    ...skippedSection(
      'pairs',
      record.skipped.map(({ pairs, ...skip }) => ({ ...skip, count: `${pairs}` })),
    ),
    ...rulesSection(record.rules),
  ];
  return `${parts.join('\n\n')}\n`;
}
