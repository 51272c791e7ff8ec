import { models } from '../../../model/index.ts';
import type { SystemName } from '../../../model/types.ts';
import type { ReceiversRecord } from '../../../record/receivers.ts';
import { block, code, table as markdownTable, text } from '../../markup.ts';
import { runInWords } from '../../summary.ts';
import { duration } from '../../words.ts';
import { RECEIVERS_KEY, receiversTables, type ReceiversTable } from './tables.ts';
import { receiverMismatchLines, receiversSentence } from './text.ts';

/** A record of who receives as a page for people, in the Markdown of the forges. */
export function receiversMarkdown(record: ReceiversRecord): string {
  const model = Object.hasOwn(models, record.settings.model) ? models[record.settings.model as SystemName] : null;
  const parts = [
    `# bindspec matrix --receivers: ${text(runInWords(record))}`,
    ...(record.complete ? [] : ['**Not complete: the page has the results so far.**']),
    `${text(receiversSentence(record))}; ${text(duration(record.duration))}.`,
    ...(model ? [`Compared with the model of ${text(model.title)}.`] : []),
    ...section(
      'Mismatches',
      record.mismatches.map((mismatch) => block(receiverMismatchLines(record, mismatch))),
    ),
    ...section(
      'Errors of the harness',
      record.errors.map(({ what, error }) => `- ${text(what)}: ${text(error)}`),
    ),
    ...section('Tables', [
      `First sockets down, second ones across. ${text(RECEIVERS_KEY)}.`,
      ...receiversTables(record).flatMap(inMarkdown),
    ]),
    ...section('Skipped', skippedTable(record)),
    ...section('Rules that decided', [
      markdownTable(
        ['rule', 'what it says', 'source'],
        record.rules.map(({ id, prose, source }) => [code(id), text(prose), text(source)]),
      ),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(title: string, content: readonly string[]): string[] {
  return content.length === 0 ? [] : [`## ${title}`, ...content];
}

function inMarkdown({ title, of, rows, columns, cells }: ReceiversTable): string[] {
  const body = rows.map((row, index) => [code(row), ...(cells[index] ?? []).map(text)]);
  return [
    `### ${text(title)}`,
    of.map((what) => `- ${text(what)}`).join('\n'),
    markdownTable(['first \\\\ second', ...columns.map(code)], body),
  ];
}

function skippedTable({ skipped }: ReceiversRecord): string[] {
  if (skipped.length === 0) return [];
  const rows = skipped.map(({ what, pairs, reason, enable }) => [text(what), `${pairs}`, text(reason), code(enable)]);
  return [markdownTable(['what', 'pairs', 'reason', 'what would enable it'], rows)];
}
