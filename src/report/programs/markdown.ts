import { serverRows, type ServerRow } from '../../programs/rows.ts';
import type { ServerRecord } from '../../record/server.ts';
import { counted } from '../../text/counted.ts';
import { code, table, text } from '../markup.ts';

const TITLES: Readonly<Record<ServerRow['verdict'], string>> = {
  contradiction: 'Differently from the documents',
  'as documented': 'As documented',
  'not documented': 'Not documented',
};

/** The table of what programs bind, in Markdown: a part for each verdict, contradictions first. */
export function serversMarkdown(records: readonly ServerRecord[]): string {
  const rows = serverRows(records);
  const parts = (Object.keys(TITLES) as ServerRow['verdict'][]).flatMap((verdict) => {
    const of = rows.filter((row) => row.verdict === verdict);
    return of.length === 0 ? [] : [`## ${TITLES[verdict]}`, '', counted(of.length, 'program'), '', tableOf(of), ''];
  });
  return parts.join('\n');
}

function tableOf(rows: readonly ServerRow[]): string {
  const head = ['Program', 'Version', 'Documented', 'Observed', 'Reached by', 'Second instance', 'Restart', 'IPv6 off'];
  return table(
    head,
    rows.map((row) => [
      text(row.name),
      text(row.version),
      `${sockets(row.documented)}<br>${text(row.where)}`,
      [sockets(row.observed), ...[...row.differences, ...row.remarks].map(text)].join('<br>'),
      ...[row.reach, row.second, row.restart, row.ipv6off].map(text),
    ]),
  );
}

/** Sockets as code, and words as they are. */
function sockets(list: string): string {
  return /^(tcp|udp) /.test(list)
    ? list
        .split(', ')
        .map((one) => code(one))
        .join(', ')
    : text(list);
}
