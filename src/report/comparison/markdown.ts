import { counted } from '../../text/counted.ts';
import type { ComparedPlatform, Comparison } from '../../record/comparison.ts';
import { code, section, table, text } from '../markup.ts';
import { countsInWords } from '../summary.ts';
import { duration } from '../words.ts';
import { engineSection } from './markdown-engines.ts';
import { differences, experimentTables } from './markdown-experiments.ts';
import { systemInWords } from '../../record/system-title.ts';

/** A comparison as a page for people, in the Markdown of the forges. */
export function comparisonMarkdown({ platforms, experiments, claims, engines = [] }: Comparison): string {
  const ran = platforms.filter(({ run }) => run).map(({ name }) => name);
  const parts = [
    `# bindspec on ${titleOf({ platforms, engines })}`,
    ...(platforms.length === 0 ? [] : [overview({ experiments }), '## Platforms', platformTable(platforms)]),
    ...(experiments.length > 0 ? ['## Experiments', KEY, ...experimentTables(experiments, ran)] : []),
    ...section('Where they differ', differences(experiments, ran)),
    ...section('What the documents claim', claimsSection(claims, ran)),
    ...section('Bind matrices', matrices(platforms)),
    ...section('Container engines', engineSection(engines)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function titleOf({ platforms, engines = [] }: Pick<Comparison, 'platforms' | 'engines'>): string {
  const [count, what] = platforms.length > 0 ? [platforms.length, 'platform'] : [engines.length, 'container engine'];
  return counted(count, what);
}

const KEY =
  'The verdicts of the cells, and what was observed. **≠** are the cells in which a platform did not do what most did.';

function overview({ experiments }: Pick<Comparison, 'experiments'>): string {
  const cells = experiments.flatMap((experiment) => experiment.cells);
  const apart = cells.filter(({ alike }) => alike.length > 1);
  const within = experiments.filter((experiment) => experiment.cells.some(({ alike }) => alike.length > 1));
  const where =
    apart.length === 0
      ? 'no cell'
      : `${counted(apart.length, 'cell')} of ${within.map(({ id }) => code(id)).join(', ')}`;
  return `**${experiments.length} experiments, ${counted(cells.length, 'cell')}.** Outcomes differ in ${where}.`;
}

function platformTable(platforms: readonly ComparedPlatform[]): string {
  return table(
    ['Platform', 'System', 'Runtime', 'Lab', 'User', 'Cells', 'Started'],
    platforms.map(({ name, platform, lab, run, matrix }) => [
      code(name),
      text(`${systemInWords(platform)}${platform.stack === undefined ? '' : ` (${platform.stack})`}`),
      text(platform.runtime),
      text(lab),
      platform.uid === null ? 'none' : String(platform.uid),
      run ? cellsOf(run) : 'no run',
      text(run?.started ?? matrix?.started ?? ''),
    ]),
  );
}

function cellsOf({ counts, complete, selectors, duration: took }: NonNullable<ComparedPlatform['run']>): string {
  const limits = [
    ...(complete ? [] : ['**incomplete**']),
    ...(selectors.length === 0 ? [] : [`only ${selectors.map(code).join(' ')}`]),
  ];
  return [`${countsInWords(counts)}, in ${duration(took)}`, ...limits].join('<br>');
}

function claimsSection(claims: Comparison['claims'], names: readonly string[]): string[] {
  const judged = claims.filter(({ on }) => Object.values(on).some(({ verdict }) => verdict !== 'untested'));
  if (judged.length === 0) return [];
  const rows = judged.map(({ id, claim, documents, on }) => [
    `${text(claim)}<br>${code(id)} ${documents.map(code).join(' ')}`,
    ...names.map((name) => verdictOf(on[name]?.verdict)),
  ]);
  const details = judged.flatMap((claim) => reasons(claim, names));
  return [
    table(['Claim', ...names.map(code)], rows),
    ...(details.length === 0 ? [] : [table(['Claim', 'Platforms', 'Verdict', 'On what it rests'], details)]),
  ];
}

/** Why a claim does not simply hold; platforms with the same reason share a row. */
function reasons({ id, on }: Comparison['claims'][number], names: readonly string[]): string[][] {
  const rows = new Map<string, { platforms: string[]; verdict: string; detail: string }>();
  for (const name of names) {
    const { verdict, detail = '' } = on[name] ?? {};
    if (verdict !== 'refuted' && verdict !== 'qualified') continue;
    const key = JSON.stringify([verdict, detail]);
    rows.set(key, { verdict, detail, platforms: [...(rows.get(key)?.platforms ?? []), name] });
  }
  return [...rows.values()].map(({ platforms, verdict, detail }) => [
    code(id),
    platforms.length === names.length ? 'all' : platforms.map(code).join('<br>'),
    `**${verdict}**`,
    text(detail),
  ]);
}

function verdictOf(verdict: string | undefined): string {
  if (verdict === undefined) return 'untested';
  return verdict === 'refuted' || verdict === 'qualified' ? `**${verdict}**` : verdict;
}

function matrices(platforms: readonly ComparedPlatform[]): string[] {
  const rows = platforms.flatMap(({ name, matrix }) => (matrix ? [matrixRow(name, matrix)] : []));
  if (rows.length === 0) return [];
  const head = [
    'Platform',
    'Model',
    'Pairs',
    'As the model says',
    'Mismatches',
    'Not run',
    'Skipped',
    'Rules in doubt',
  ];
  return ['Every pair of sockets, checked against the model of the system.', table(head, rows)];
}

function matrixRow(name: string, matrix: NonNullable<ComparedPlatform['matrix']>): string[] {
  const { model, asked, counts, rules, errors, complete } = matrix;
  const limits = [
    ...(complete ? [] : ['**incomplete**']),
    ...(errors === 0 ? [] : [`**errors of the harness: ${errors}**`]),
    ...Object.entries(asked).map(([axis, values]) => `only ${code(`${axis} ${values}`)}`),
  ];
  return [
    [code(name), ...limits].join('<br>'),
    text(model),
    String(counts.pairs),
    String(counts.agree),
    counts.mismatches === 0 ? '0' : `**${counts.mismatches}**`,
    String(counts.notRun),
    String(counts.skipped),
    rules.map(code).join(', ') || 'none',
  ];
}
