import type { Exploration, Mismatch, UnseenMismatch } from '../record/explore.ts';
import { visible } from '../text/visible.ts';
import { transcriptLines, type ReportLine } from './failure.ts';

/** The two sides of a mismatch: the system that ran, and the one whose model was asked. */
type Against = Pick<Exploration, 'model' | 'platform'>;

/** Tells of one mismatch: what the model says and why, what happened, every call, and how to see it again. */
export function mismatchLines(mismatch: Mismatch, against: Against): ReportLine[] {
  return [
    { kind: 'title', text: `MISMATCH  ${visible(mismatch.sequence)}` },
    ...whence(mismatch),
    ...ruleLines(mismatch, against),
    ...stepLines(mismatch.steps, against),
    ...transcriptLines(mismatch.transcript),
    { kind: 'empty', text: '' },
    { kind: 'heading', text: '  To run just this again:' },
    { kind: 'command', text: `    ${mismatch.rerun}` },
    ...script('C', mismatch.scripts.c),
    ...script('Python', mismatch.scripts.python),
  ];
}

/** Every operation of a sequence in columns: what the model allows, and what was observed. */
export function stepLines(steps: Mismatch['steps'], { model, platform }: Against): ReportLine[] {
  const rows = steps.map(({ step, allowed, rule = 'taken for granted', observed }) => {
    // Windows has names of its own for the same errors.
    const agrees = allowed.some((one) => one.replace(/^WSA/, '') === observed.replace(/^WSA/, ''));
    return { step: visible(step), allowed: allowed.join(' or '), rule, observed: visible(observed), agrees };
  });
  const widest = (key: 'step' | 'allowed' | 'observed') =>
    rows.reduce((width, row) => Math.max(width, row[key].length), 0);
  const [step, allowed, observed] = [widest('step'), widest('allowed'), widest('observed')];
  return [
    { kind: 'empty', text: '' },
    {
      kind: 'heading',
      text: `  Operations (observed on ${platform.system}; the model of ${model} allows, by its rule):`,
    },
    ...rows.map((row): ReportLine => ({
      kind: row.agrees ? 'call' : 'observed',
      text: `  ${row.agrees ? ' ' : '>'} ${row.step.padEnd(step)}  ${row.observed.padEnd(observed)}  ${row.allowed.padEnd(allowed)}  ${row.rule}`,
    })),
  ];
}

/** Describes a mismatch that was not seen again when its sequence was played alone: the difference, and how often it was seen. */
export function unseenLines(
  { sequence, steps, doubt, alone, shown, rerun }: UnseenMismatch,
  against: Against,
): ReportLine[] {
  const last = steps.at(-1);
  const rule = last?.rule === undefined ? '' : `, by ${last.rule}`;
  return [
    { kind: 'title', text: `NOT SEEN AGAIN  ${visible(sequence)}` },
    {
      kind: 'reason',
      text: `  ${visible(last?.step ?? '')}: observed ${visible(last?.observed ?? '')}, the model of ${against.model} allows ${last?.allowed.join(' or ') ?? ''}${rule}`,
    },
    { kind: 'reason', text: `  In doubt: ${doubt}. Played alone ${alone} times, seen in ${shown} of them.` },
    { kind: 'command', text: `    ${rerun}` },
  ];
}

function whence({ from, sequence, reproduced }: Mismatch): ReportLine[] {
  const lines: ReportLine[] = [];
  if (from !== sequence) lines.push({ kind: 'id', text: `  shrunk from ${visible(from)}` });
  if (!reproduced) {
    lines.push(
      { kind: 'empty', text: '' },
      {
        kind: 'reason',
        text: '  It did NOT happen again when the sequence was played alone. First seen, among other sequences:',
      },
    );
  }
  return lines;
}

function ruleLines({ steps, seen, rule }: Mismatch, { model }: Against): ReportLine[] {
  const last = seen ?? steps.at(-1);
  if (last === undefined) return [];
  const lines: ReportLine[] = [
    { kind: 'empty', text: '' },
    {
      kind: 'requirement',
      text: `  -> ${visible(last.step)}: the model of ${model} allows ${last.allowed.join(' or ')}, the system returned ${visible(last.observed)}`,
    },
  ];
  if (rule === undefined) return lines;
  return [
    ...lines,
    { kind: 'requirement', text: `     ${rule.id}: ${rule.prose}` },
    { kind: 'source', text: `     ${rule.source}, ${rule.where}` },
    { kind: 'source', text: `     Known: ${rule.known}` },
  ];
}

function script(language: string, text: string): ReportLine[] {
  return [
    { kind: 'empty', text: '' },
    { kind: 'heading', text: `  The same in ${language}, without bindspec:` },
    { kind: 'empty', text: '' },
    ...text
      .trimEnd()
      .split('\n')
      .map((line): ReportLine => ({ kind: 'call', text: line === '' ? '' : `    ${line}` })),
  ];
}
