import { spellSpec, type Spec } from '../../../matrix/sockets.ts';
import { tripleInWords, type TripleCorner } from '../../../matrix/triples/axes.ts';
import { triplePlan } from '../../../matrix/triples/steps.ts';
import { formatPlan } from '../../../plan/notation.ts';
import type { Quirk, TriplesRecord } from '../../../record/triples.ts';
import { counted } from '../../../text/counted.ts';
import { visible } from '../../../text/visible.ts';

/** Three sockets of a record, as people spell them. */
type Spelled = Readonly<Record<'first' | 'second' | 'third', string>>;

/** A triple of a record as a plan, which `explore --replay` plays and `explain` asks every system about. */
export function tripleAsPlan(
  { sockets }: Pick<TriplesRecord, 'sockets'>,
  corner: TripleCorner,
  { first, second, third }: Spelled,
): string | undefined {
  const specs = sockets.map(({ letters, ...name }): Spec => ({ name, letters }));
  const named = (spelled: string) => specs.find((spec) => spellSpec(spec) === spelled);
  const [one, two, three] = [named(first), named(second), named(third)];
  return one && two && three ? formatPlan(triplePlan(corner, [one, two, three])) : undefined;
}

/** The plan of the triple of a record that is of one triple. */
export function onlyTripleAsPlan(record: TriplesRecord): string | undefined {
  const [block] = record.blocks;
  if (block === undefined || record.counts.triples !== 1) return undefined;
  const spelled = (places: readonly number[]) => {
    const { letters = '-', ...name } = record.sockets[places[0] ?? -1] ?? {};
    return `${'text' in name ? name.text : ''} ${letters}`;
  };
  return tripleAsPlan(record, block, {
    first: spelled(block.first),
    second: spelled(block.second),
    third: spelled(block.third),
  });
}

/** A mismatch as lines: the triple, both answers, the rule that decided and what it says, what runs it again, and its plan. */
export function tripleLines(record: TriplesRecord, mismatch: TriplesRecord['mismatches'][number]): string[] {
  const rule = record.rules.find(({ id }) => id === mismatch.rule);
  const plan = tripleAsPlan(record, mismatch, mismatch);
  return [
    tripleInWords(mismatch),
    `  first   ${mismatch.first}`,
    `  second  ${mismatch.second}`,
    `  third   ${mismatch.third}`,
    `  kernel  ${mismatch.kernel}`,
    `  model   ${mismatch.model}`,
    `  rule    ${mismatch.rule}: ${rule?.prose ?? ''}`,
    `          ${rule?.source ?? ''}`,
    `  again   ${mismatch.command}`,
    ...(plan === undefined ? [] : [`  plan    ${plan}`]),
  ].map(visible);
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
