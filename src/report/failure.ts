import type { BindRecord, CellRecord, TranscriptLine } from '../record/record.ts';
import { visible } from '../text/visible.ts';
import { toldOutcomes } from './outcomes.ts';
import { expectedInWords, howKnown, observedInWords, placeInWords, shellWord, sourceOf, whyUnjudged } from './words.ts';

/** What a line is, for who wants to colour it. */
export type LineKind =
  | 'title'
  | 'id'
  | 'requirement'
  | 'source'
  | 'heading'
  | 'expected'
  | 'observed'
  | 'reason'
  | 'call'
  | 'command'
  | 'empty';

export interface ReportLine {
  kind: LineKind;
  /** One line, without its end, in which every character can be seen. */
  text: string;
}

/** Where a failure comes from, as far as its text needs it. */
export interface Origin {
  lab: Pick<BindRecord['lab'], 'lab' | 'namedInterface'>;
  platform: Pick<BindRecord['platform'], 'stack'>;
}

/**
 * Tells of one cell that did not go as expected, or of any other cell in the same way: what is asked and how that is
 * known, what was expected and observed, the calls that were made, and the command that does just this again.
 */
export function failureLines(cell: CellRecord, origin: Origin): ReportLine[] {
  return [
    { kind: 'title', text: `${cell.verdict.toUpperCase()}  ${visible(cell.title)}` },
    { kind: 'id', text: `  ${visible(cell.id)}` },
    ...requirement(cell),
    ...reason(cell),
    ...disagreements(cell),
    ...unjudged(cell),
    ...transcriptLines(cell.transcript),
    { kind: 'empty', text: '' },
    { kind: 'heading', text: '  To run just this again:' },
    { kind: 'command', text: `    ${rerunCommand(cell, origin)}` },
  ];
}

/** The same as text; `paint` may colour a line by its kind. */
export function failureText(
  cell: CellRecord,
  origin: Origin,
  paint: (text: string, kind: LineKind) => string = (text) => text,
): string {
  return failureLines(cell, origin)
    .map(({ kind, text }) => paint(text, kind))
    .join('\n');
}

/** The command that runs one cell alone, in the lab it was run in. */
export function rerunCommand({ id }: Pick<CellRecord, 'id'>, origin: Origin): string {
  // The reports that it comes from stay as they are.
  return ['npx', 'bindspec', 'run', id, ...whereWords(origin), '--no-reports'].map(shellWord).join(' ');
}

/** The options that choose the place where something was run. */
export function whereWords({ lab, platform }: Origin): string[] {
  // A stack has its own lab, and the network namespaces are what one gets without asking.
  if (platform.stack !== undefined) return ['--stack', platform.stack];
  const device = lab.namedInterface === undefined ? [] : ['--interface', lab.namedInterface];
  return lab.lab === 'netns' ? [] : ['--lab', lab.lab, ...device];
}

/** What went wrong in one sentence, where there is room for no more. */
export function failureSentence(cell: CellRecord): string {
  if (cell.reason !== undefined) return visible(cell.reason);
  return deviationSentence(cell) ?? 'no reason was recorded';
}

/** What was observed instead of what was expected, in one sentence; null where nothing was. */
export function deviationSentence({ disagreements: found }: Pick<CellRecord, 'disagreements'>): string | null {
  const [first] = found;
  if (!first) return null;
  const { length } = found;
  const more = length > 1 ? ` (and ${length - 1} more)` : '';
  return `${placeInWords(first.path)}: expected ${expectedInWords(first.expected)}, observed ${observedInWords(first.observed)}${more}`;
}

function requirement({ asks, expectation }: CellRecord): ReportLine[] {
  const lines: ReportLine[] = [
    { kind: 'empty', text: '' },
    { kind: 'requirement', text: `  -> ${visible(asks)}` },
  ];
  if (!expectation) return lines;
  const { because, cite, known } = expectation;
  if (because !== undefined) lines.push({ kind: 'requirement', text: `     Here: ${visible(because)}` });
  for (const { source, where } of cite) {
    const { title, url } = sourceOf(source);
    lines.push({ kind: 'source', text: `     ${title}, ${visible(where)}${url === null ? '' : ` <${url}>`}` });
  }
  lines.push({ kind: 'source', text: `     Known: ${howKnown(known)}` });
  return lines;
}

function reason({ verdict, reason: text, enable }: CellRecord): ReportLine[] {
  if (text === undefined) return [];
  const lines: ReportLine[] = [
    { kind: 'empty', text: '' },
    { kind: 'reason', text: `  ${verdict === 'error' ? 'Harness error' : 'Reason'}: ${visible(text)}` },
  ];
  if (enable !== undefined) lines.push({ kind: 'reason', text: `  Enable it with: ${visible(enable)}` });
  return lines;
}

function disagreements({ disagreements: found }: CellRecord): ReportLine[] {
  if (found.length === 0) return [];
  return [
    { kind: 'empty', text: '' },
    { kind: 'heading', text: '  Expected:' },
    ...found.map(({ path, expected }): ReportLine => ({
      kind: 'expected',
      text: entry(path, expectedInWords(expected)),
    })),
    { kind: 'heading', text: '  Observed:' },
    ...found.map(({ path, observed }): ReportLine => ({
      kind: 'observed',
      text: entry(path, observedInWords(observed)),
    })),
  ];
}

/** What happened, all of it, where no one has said what to expect. */
function unjudged(cell: CellRecord): ReportLine[] {
  if (cell.verdict !== 'unjudged') return [];
  return [
    { kind: 'empty', text: '' },
    { kind: 'reason', text: `  Recorded, not judged: ${whyUnjudged(cell)}.` },
    { kind: 'heading', text: '  Observed:' },
    ...toldOutcomes(cell).map(({ place, observed }): ReportLine => ({
      kind: 'observed',
      text: entry(place, observed),
    })),
  ];
}

function entry(path: string, words: string): string {
  return `    ${placeInWords(path)}: ${words}`;
}

/** In the manner of strace: when (in milliseconds), who, and the call with what it returned, in columns. */
export function transcriptLines(lines: readonly TranscriptLine[]): ReportLine[] {
  if (lines.length === 0) return [];
  const rows = lines.map(({ at, part, host, call }) => ({
    at: at.toFixed(3),
    who: visible(host === 'machine' ? part : `${part}@${host}`),
    call: visible(call),
  }));
  const widest = (key: 'at' | 'who') => rows.reduce((width, row) => Math.max(width, row[key].length), 0);
  const [time, name] = [widest('at'), widest('who')];
  return [
    { kind: 'empty', text: '' },
    { kind: 'heading', text: '  Transcript (ms, part, call):' },
    ...rows.map(({ at, who, call }): ReportLine => ({
      kind: 'call',
      text: `    ${at.padStart(time)}  ${who.padEnd(name)}  ${call}`,
    })),
  ];
}
