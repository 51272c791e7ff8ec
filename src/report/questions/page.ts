import { CLAIMS, type ClaimId } from '../../documents/claims.ts';
import { cellsOf, type Cell, type Registered } from '../../experiment/cells.ts';
import type { Citation } from '../../experiment/experiment.ts';
import { leaves } from '../../experiment/expectation.ts';
import type { ComparedCell, ComparedExperiment } from '../../record/comparison.ts';
import { counted } from '../../text/counted.ts';
import { cellsInWords } from '../axes.ts';
import { alike, type Alike } from '../expectations.ts';
import { code, table, text } from '../markup.ts';
import { outcomeLines } from '../outcome-lines.ts';
import { countsInWords, countVerdicts } from '../summary.ts';
import { expectedInWords, howKnown, sourceOf } from '../words.ts';
import type { Picture } from './picture.ts';

/** More outcomes and places of a platform than this are counted; the record has them all. */
const MOST = { outcomes: 6, places: 6 };
/** More different expectations than this of one system are counted. */
const MOST_GROUPS = 12;

/** All that there is to say of one question. */
export interface QuestionFacts {
  registered: Registered;
  /** What platforms observed; absent where none has recorded it. */
  compared?: ComparedExperiment;
  picture: Picture | null;
}

/** The name of the file of a question's page, and of its picture, from the folder of questions on. */
export function questionFiles(id: string): { page: string; picture: string } {
  return { page: `${id}.md`, picture: `${id}.svg` };
}

/** The page of one question: what it asks, a drawing, what is right on each system and why, what was observed, the command. */
export function questionPage({ registered, compared, picture }: QuestionFacts): string {
  const { id, experiment } = registered;
  const cells = cellsOf(registered);
  const axes = Object.entries(experiment.axes).map(
    ([axis, values]) => `${text(axis)} (${values.map(code).join(', ')})`,
  );
  const parts = [
    `# ${text(experiment.title)}`,
    text(experiment.asks),
    `${code(id)} has ${counted(cells.length, 'cell')}${axes.length === 0 ? '' : `, over ${axes.join(', ')}`}.`,
    ...pictured(id, picture),
    '## Expected',
    ...alike(cells).flatMap((same) => expected(same, cells)),
    '## Observed',
    observed(compared),
    ...claimsOf(registered),
    '## Run it',
    `\`\`\`sh\nnpx bindspec run ${id}\nnpx bindspec show ${id} --all\n\`\`\``,
  ];
  return `${parts.join('\n\n')}\n`;
}

function pictured(id: string, picture: Picture | null): string[] {
  if (picture === null) return [];
  const file = questionFiles(id).picture.split('/').at(-1) ?? '';
  return [
    `![The processes, their sockets, and what they ask each other](${file})`,
    `Drawn from the transcript of ${code(picture.cell)} on ${code(picture.platform)}.`,
  ];
}

function expected({ titles, groups, grounds }: Alike, all: readonly Cell[]): string[] {
  const heading = `**${titles.map(text).join(', ')}**`;
  if (groups.every(({ resolved }) => resolved === null)) {
    return [`${heading}: no one has said what is right there. A result is recorded and not judged.`];
  }
  const rows = groups.slice(0, MOST_GROUPS).map(({ resolved, cells }) => [
    cellsInWords(cells, all),
    resolved === null
      ? 'no one has said'
      : leaves(resolved.expect)
          .map(([place, value]) => `${place === '' ? '' : `${text(place)} `}${code(expectedInWords(value))}`)
          .join(', '),
    text(resolved?.because ?? ''),
  ]);
  const left = groups.length - rows.length;
  const hasReason = rows.some(([, , because]) => because !== '');
  return [
    heading,
    table(
      ['Cells', 'Expected', ...(hasReason ? ['Why'] : [])],
      rows.map(([which = '', what = '', because = '']) => [which, what, ...(hasReason ? [because] : [])]),
    ),
    ...(left > 0 ? [`And ${counted(left, 'more expectation')}.`] : []),
    grounds
      .map(({ titles: whose, known, cite }) => {
        const from = cite.map(cited).join('; ');
        return `- ${whose.map(text).join(', ')}: ${howKnown(known)}${from === '' ? '' : `: ${from}`}`;
      })
      .join('\n'),
  ].filter((part) => part !== '');
}

function cited({ source, where }: Citation): string {
  const { title, url } = sourceOf(source);
  return `${url === null ? text(title) : `[${text(title)}](${url})`}, ${text(where)}`;
}

/** A row for each platform; those that observed the same share one. */
function observed(compared: ComparedExperiment | undefined): string {
  if (compared === undefined) return 'No platform has recorded it yet.';
  const { cells } = compared;
  const rows = new Map<string, string[]>();
  for (const name of new Set(cells.flatMap(({ on }) => Object.keys(on)))) {
    const [verdicts, outcomes] = seenOn(name, cells);
    const key = JSON.stringify([verdicts, outcomes]);
    rows.set(key, [...(rows.get(key) ?? []), name]);
  }
  return table(
    ['Platform', 'Cells', 'Outcome'],
    [...rows].map(([key, names]) => [names.map(code).join('<br>'), ...(JSON.parse(key) as [string, string])]),
  );
}

function seenOn(name: string, cells: readonly ComparedCell[]): [verdicts: string, outcomes: string] {
  const own = cells.flatMap(({ id, values, on }) => (on[name] === undefined ? [] : [{ ...on[name], id, values }]));
  return [countsInWords(countVerdicts(own)), outcomeLines(own, MOST) || 'not run'];
}

function claimsOf({ experiment }: Registered): string[] {
  const claims = Object.keys(experiment.claims) as ClaimId[];
  if (claims.length === 0) return [];
  return ['## What the documents claim', claims.map((id) => `- ${code(id)}: ${text(CLAIMS[id].claim)}`).join('\n')];
}
