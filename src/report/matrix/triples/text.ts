import { specSpelled, spellRecorded } from '../../../matrix/recorded-sockets.ts';
import { PLACES, tripleInWords, type TripleCorner } from '../../../matrix/triples/axes.ts';
import { triplePlan } from '../../../matrix/triples/steps.ts';
import { formatPlan } from '../../../plan/notation.ts';
import type { Quirk, TriplesRecord } from '../../../record/triples.ts';
import { counted } from '../../../text/counted.ts';
import { visible } from '../../../text/visible.ts';
import { toldMismatch } from '../told-mismatch.ts';

/** Three sockets of a record, as people spell them. */
type Spelled = Readonly<Record<'first' | 'second' | 'third', string>>;

/** A triple of a record as a plan, which `explore --replay` plays and `explain` asks every system about. */
export function tripleAsPlan(
  { sockets }: Pick<TriplesRecord, 'sockets'>,
  corner: TripleCorner,
  { first, second, third }: Spelled,
): string | undefined {
  const [one, two, three] = [specSpelled(sockets, first), specSpelled(sockets, second), specSpelled(sockets, third)];
  return one && two && three ? formatPlan(triplePlan(corner, [one, two, three])) : undefined;
}

/** The plan of the triple of a record that is of one triple. */
export function onlyTripleAsPlan(record: TriplesRecord): string | undefined {
  const [block] = record.blocks;
  if (block === undefined || record.counts.triples !== 1) return undefined;
  const [first, second, third] = PLACES.map((place) => record.sockets[block[place][0] ?? -1]);
  if (!first || !second || !third) return undefined;
  return tripleAsPlan(record, block, {
    first: spellRecorded(first),
    second: spellRecorded(second),
    third: spellRecorded(third),
  });
}

/** A mismatch as lines; see `toldMismatch`. */
export function tripleLines(record: TriplesRecord, mismatch: TriplesRecord['mismatches'][number]): string[] {
  const { first, second, third } = mismatch;
  const plan = tripleAsPlan(record, mismatch, mismatch);
  return toldMismatch(record, tripleInWords(mismatch), { first, second, third }, mismatch, plan);
}

/** A group of triples that their pairs do not explain, as lines. */
export function quirkLines(
  record: TriplesRecord,
  { protocol, rule, pairs, kernel, triples, example }: Quirk,
): string[] {
  const plan = tripleAsPlan(record, example, example);
  return [
    `${counted(triples, `${protocol.toUpperCase()} triple`)} by ${rule}: the pairs say '${pairs}', and the answer is '${kernel}'`,
    `  for example ${example.first}, then ${example.second}, then ${example.third}: ${tripleInWords(example)}`,
    ...(plan === undefined ? [] : [`  plan    ${plan}`]),
  ].map(visible);
}

/** The result of a run of the triples, in a sentence. */
export function triplesSentence({ counts, settings, complete, errors }: TriplesRecord): string {
  const parts = [
    `${counts.agree.toLocaleString('en-US')} of ${counted(counts.triples, 'triple')} are as the model '${settings.model}' says`,
    counted(counts.mismatches, 'mismatch', 'mismatches'),
    ...(counts.refused > 0 ? [`the first two of ${counts.refused.toLocaleString('en-US')} can't both be made`] : []),
    `the pairs do not explain ${counts.unexplained.toLocaleString('en-US')}`,
    ...(counts.notRun > 0 ? [`${counts.notRun.toLocaleString('en-US')} not run`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped.toLocaleString('en-US')} skipped`] : []),
    ...(errors.length > 0 ? [`${counted(errors.length, 'error')} of the harness`] : []),
  ];
  return `${parts.join('; ')}${complete || errors.length > 0 ? '' : ' (interrupted)'}`;
}
