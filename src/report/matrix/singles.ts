import { mannerInWords, type SingleManner } from '../../matrix/singles/binds.ts';
import { spellSingle, type SingleName } from '../../matrix/singles/names.ts';
import { singlesOf, type Single } from '../../matrix/singles/reading.ts';
import { short } from '../../matrix/answers.ts';
import { formatPlan } from '../../plan/notation.ts';
import type { MatrixRecord } from '../../record/matrix.ts';
import type { Singles } from '../../record/singles.ts';
import { counted } from '../../text/counted.ts';
import { visible } from '../../text/visible.ts';

/** The result of the single binds of a record, in a sentence. */
export function singlesSentence({ counts }: Singles): string {
  const compared = counts.binds - counts.notCompared - counts.notRun;
  return [
    `${counts.agree.toLocaleString('en-US')} of ${counted(compared, 'single bind')} are as the model says`,
    counted(counts.mismatches, 'mismatch', 'mismatches'),
    ...(counts.notCompared > 0 ? [`${counts.notCompared.toLocaleString('en-US')} not compared`] : []),
    ...(counts.notRun > 0 ? [`${counts.notRun.toLocaleString('en-US')} not run`] : []),
  ].join(', ');
}

/** The single binds that are not as the model says. */
export function singleMismatches(record: Singles): Single[] {
  return singlesOf(record)
    .flat()
    .filter(({ agrees }) => agrees === false);
}

/** A mismatch as lines: the name, how it was bound, both answers, the rule and what it says, and its plan if it has one. */
export function singleLines({ rules }: Pick<MatrixRecord, 'rules'>, single: Single): string[] {
  const { name, manner, answer, predicted } = single;
  const rule = rules.find(({ id }) => id === predicted.rule);
  const plan = singlePlan(name, manner);
  return [
    `${spellSingle(name)} (${name.kind}), ${mannerInWords(manner)}`,
    `  kernel  ${answer}`,
    `  model   ${predicted.outcomes.map((outcome) => (outcome === 'ok' ? outcome : `bind ${outcome}`)).join(' or ')}`,
    `  rule    ${predicted.rule}: ${rule?.prose ?? ''}`,
    `          ${rule?.source ?? ''}`,
    ...(plan === undefined ? [] : [`  plan    ${plan}`]),
  ].map(visible);
}

/** A single bind as a plan; undefined for what plans can't say, a scope or an option for addresses of no one. */
function singlePlan({ family, address, scope }: SingleName, manner: SingleManner): string | undefined {
  if (scope !== undefined || manner.option !== null) return undefined;
  const v6only = family === 'inet' ? false : (manner.v6only ?? 'default');
  return formatPlan({
    protocol: manner.protocol,
    steps: [
      {
        op: 'bind',
        socket: 1,
        makes: { owner: manner.owner, family, v6only, options: [] },
        address,
        ...(manner.low ? { port: 1000 } : {}),
      },
    ],
  });
}

/** The columns of the table of single binds, and which manner each shows. */
const COLUMNS: readonly (readonly [string, (manner: SingleManner) => boolean])[] = [
  ['UDP', (manner) => isPlain(manner) && manner.protocol === 'udp'],
  ['TCP', (manner) => isPlain(manner) && manner.protocol === 'tcp'],
  [
    'V6ONLY=1',
    ({ protocol, v6only, low, owner, option }) =>
      protocol === 'udp' && v6only === true && !low && owner === 1 && option === null,
  ],
  [
    'with an option',
    ({ protocol, v6only, low, owner, option }) =>
      protocol === 'udp' && v6only === null && !low && owner === 1 && option !== null,
  ],
  [
    'a low port, another user',
    ({ protocol, v6only, low, owner, option }) =>
      protocol === 'udp' && v6only === null && low && owner === 2 && option === null,
  ],
];

function isPlain({ v6only, low, owner, option }: SingleManner): boolean {
  return v6only === null && !low && owner === 1 && option === null;
}

/** The single binds as a table: its head, and a row for each name. */
export function singlesTable(record: Singles): { head: string[]; rows: string[][] } {
  return {
    head: ['name', 'what it is', ...COLUMNS.map(([title]) => title)],
    rows: singlesOf(record).map((row) => {
      const [first] = row;
      const cells = COLUMNS.map(([, has]) => {
        const found = row.find(({ manner }) => has(manner));
        if (found === undefined) return '';
        return `${found.answer === null ? '.' : short(found.answer)}${found.agrees === false ? '*' : ''}`;
      });
      return [first === undefined ? '' : spellSingle(first.name), first?.name.kind ?? '', ...cells];
    }),
  };
}
