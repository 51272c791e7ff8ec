import { counted } from '../text/counted.ts';
import type { BindRecord, CellRecord, ClaimRecord } from '../record/record.ts';
import { errorsInWords } from './errors.ts';
import { deviationSentence, failureLines } from './failure.ts';
import { cellsInWords } from './axes.ts';
import { experimentTable } from './markdown-experiments.ts';
import { block, code, details, html, table, text } from './markup.ts';
import {
  claimCountsInWords,
  countsInWords,
  countVerdicts,
  isUnexpected,
  runInWords,
  skipsOf,
  suitesOf,
  WORST_FIRST,
} from './summary.ts';
import { duration, howKnown, sourceOf, unjudgedByReason } from './words.ts';
import { systemInWords } from '../record/system-title.ts';

/** Forges don't show a page that is too long, so at most this many failures are shown in full. */
const MOST_TOLD = 50;

/** A record as a page for people, in the Markdown of the forges. */
export function markdownReport(record: BindRecord): string {
  const parts = [
    `# bindspec: ${text(runInWords(record))}`,
    ...warning(record),
    overview(record),
    ...claims(record),
    ...(record.cells.some(isUnexpected) ? [unexpected(record)] : []),
    '## Experiments',
    ...suitesOf(record.cells).flatMap(({ name, cells, experiments }) => [
      `### ${text(name)}`,
      `${counted(cells.length, 'cell')}: ${countsInWords(countVerdicts(cells))}.`,
      experimentTable(experiments),
    ]),
    ...differences(record),
    ...unjudged(record),
    ...deviations(record),
    ...skips(record),
    ...errors(record),
    ...platform(record),
  ];
  return `${parts.join('\n\n')}\n`;
}

function warning({ complete, cells, settings }: BindRecord): string[] {
  if (complete) return [];
  return [
    `> **This run is incomplete:** it was ended early, and only ${cells.length} of ${counted(settings.cells, 'cell')} were done.`,
  ];
}

function overview({ cells, claims: judged, duration: took }: BindRecord): string {
  const counts = cells.length === 0 ? '' : `: ${countsInWords(countVerdicts(cells))}`;
  return `**${counted(cells.length, 'cell')}**${counts}, in ${duration(took)}. **Claims**: ${claimCountsInWords(judged) || 'none'}.`;
}

function claims({ claims: all }: BindRecord): string[] {
  // A run of a selection leaves most claims untested; how many is in the overview.
  const judged = all.filter(({ verdict }) => verdict !== 'untested');
  if (judged.length === 0) return [];
  const cited = [...new Set(judged.flatMap(({ documents }) => documents))];
  return [
    '## What the documents claim',
    table(
      ['Claim', 'Document', 'Verdict', 'On what it rests'],
      judged.map((claim) => [
        text(claim.claim),
        claim.documents.map(code).join(', '),
        claimVerdict(claim),
        text(claim.detail),
      ]),
    ),
    cited.map((id) => `- ${code(id)}: ${source(id)}`).join('\n'),
    ...judged.filter(({ contradicts }) => contradicts.length > 0).map(evidence),
  ];
}

/** The evidence for a claim that does not hold everywhere: its cells. */
function evidence({ claim, verdict, holds, contradicts }: ClaimRecord): string {
  const list = (ids: readonly string[]) => ids.map((id) => `- ${code(id)}`).join('\n');
  return details(
    `<b>${verdict}</b> ${html(claim)}`,
    [
      'Not as the document says:',
      list(contradicts),
      ...(holds.length === 0 ? [] : ['As the document says:', list(holds)]),
    ].join('\n\n'),
  );
}

function claimVerdict({ verdict }: ClaimRecord): string {
  return verdict === 'confirmed' ? verdict : `**${verdict}**`;
}

function unexpected(record: BindRecord): string {
  const found = record.cells
    .filter(isUnexpected)
    .toSorted((a, b) => WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict));
  const told = found
    .slice(0, MOST_TOLD)
    .map((cell) =>
      details(
        `<b>${cell.verdict}</b> ${html(cell.title)} (<code>${html(cell.id)}</code>)`,
        block(failureLines(cell, record).map((line) => line.text)),
      ),
    );
  const others = found.slice(MOST_TOLD).map(({ id, verdict }) => `- **${verdict}** ${code(id)}`);
  return ['## Not as expected', ...told, ...(others.length === 0 ? [] : [others.join('\n')])].join('\n\n');
}

function differences({ cells }: BindRecord): string[] {
  const differing = cells.filter(({ verdict }) => verdict === 'differs');
  if (differing.length === 0) return [];
  const byReason = new Map<string, CellRecord[]>();
  for (const cell of differing) {
    const key = JSON.stringify([cell.experiment, cell.expectation?.because]);
    byReason.set(key, [...(byReason.get(key) ?? []), cell]);
  }
  return [
    '## Where this system differs from others',
    table(
      ['Experiment', 'Cells', 'Why', 'Known'],
      [...byReason.values()].map((own) => {
        const [first] = own;
        const expectation = first?.expectation;
        const sources = (expectation?.cite ?? []).map(({ source: id, where }) => `${source(id)}, ${text(where)}`);
        return [
          code(first?.experiment ?? ''),
          cellsInWords(
            own,
            cells.filter(({ experiment }) => experiment === first?.experiment),
          ),
          text(expectation?.because ?? ''),
          [expectation ? howKnown(expectation.known) : '', ...sources].join('<br>'),
        ];
      }),
    ),
  ];
}

function unjudged({ cells }: BindRecord): string[] {
  const reasons = [...unjudgedByReason(cells)];
  if (reasons.length === 0) return [];
  return [
    '## Recorded, not judged',
    ...reasons.map(([why, own]) =>
      details(`${counted(own.length, 'cell')}: ${text(why)}`, own.map(({ id }) => `- ${code(id)}`).join('\n')),
    ),
  ];
}

function deviations({ cells }: BindRecord): string[] {
  const known = cells.filter(({ verdict }) => verdict === 'known');
  if (known.length === 0) return [];
  return [
    '## Known deviations',
    table(
      ['Cell', 'Deviation', 'Why it is accepted'],
      known.map((cell) => [code(cell.id), text(deviationSentence(cell) ?? ''), text(cell.reason ?? '')]),
    ),
  ];
}

function skips({ cells }: BindRecord): string[] {
  const groups = skipsOf(cells);
  if (groups.length === 0) return [];
  return [
    '## Skipped',
    ...groups.map(({ reason, enable, cells: own }) =>
      details(
        `${counted(own.length, 'cell')}: ${html(reason)}`,
        [
          ...(enable === undefined ? [] : [`To enable: ${code(enable)}`]),
          own.map(({ id }) => `- ${code(id)}`).join('\n'),
        ].join('\n\n'),
      ),
    ),
  ];
}

function errors(record: BindRecord): string[] {
  const seen = errorsInWords(record);
  if (seen.length === 0) return [];
  return [
    '## Errors by name',
    'Other systems have other names and numbers for the same thing; they are compared by class.',
    table(
      ['Error', 'Number here', 'Class'],
      seen.map(({ name, number, class: neutral }) => [code(name), number, text(neutral)]),
    ),
  ];
}

function platform({ platform: on, lab, settings, bindspec, started }: BindRecord): string[] {
  const uid = on.uid === null ? 'none' : String(on.uid);
  const rows = [
    ['system', systemInWords(on)],
    ['version', on.version],
    ['architecture', on.architecture],
    ['runtime', on.runtime],
    ['uid', uid],
    ['lab', lab.lab],
    ['bindspec', bindspec],
    ['started', started],
    ['patience', `${settings.patience} ms`],
    ['selectors', settings.selectors.join(' ') || 'none: everything'],
  ];
  return [
    '## How it was run',
    table(
      ['platform', text(on.id)],
      rows.map(([name = '', value = '']) => [name, text(value)]),
    ),
  ];
}

function source(id: string): string {
  const { title, url } = sourceOf(id);
  return url === null ? text(title) : `[${text(title)}](${url})`;
}
