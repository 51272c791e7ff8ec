import { receiverCornerInWords } from '../../../matrix/receivers/blocks.ts';
import { wayInWords } from '../../../matrix/receivers/ways.ts';
import type { ReceiversMismatch, ReceiversRecord } from '../../../record/receivers.ts';
import { counted } from '../../../text/counted.ts';
import { visible } from '../../../text/visible.ts';
import { receiverPairAsPlan } from './pair.ts';

/** A mismatch as lines: the pair, the probe, both answers, the rule that decided, what runs it again, and its plan. */
export function receiverMismatchLines(record: ReceiversRecord, mismatch: ReceiversMismatch): string[] {
  const rule = record.rules.find(({ id }) => id === mismatch.rule);
  const way = mismatch.way === null ? undefined : record.ways[mismatch.way];
  const plan = receiverPairAsPlan(record, mismatch);
  return [
    receiverCornerInWords(mismatch),
    `  first   ${mismatch.first}`,
    `  second  ${mismatch.second}`,
    ...(way === undefined ? [] : [`  probe   ${wayInWords(way)}`]),
    `  kernel  ${mismatch.kernel}`,
    `  model   ${mismatch.model}`,
    ...(rule === undefined ? [] : [`  rule    ${rule.id}: ${rule.prose}`, `          ${rule.source}`]),
    `  again   ${mismatch.command}`,
    ...(plan === undefined ? [] : [`  plan    ${plan}`]),
  ].map(visible);
}

/** The result of a run, in a sentence. */
export function receiversSentence({ counts, settings, complete, errors }: ReceiversRecord): string {
  const done = counts.pairs - counts.notRun;
  const parts = [
    `${counts.agree} of ${done} pairs are as the model '${settings.model}' says`,
    `${counts.together} of them with both sockets, which got probes by ${counts.cells} ways`,
    counted(counts.mismatches, 'mismatch', 'mismatches'),
    ...(counts.unknown > 0 ? [`${counts.unknown} ways that the model does not know`] : []),
    ...(counts.notRun > 0 ? [`${counts.notRun} not run`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : []),
    ...(errors.length > 0 ? [`${counted(errors.length, 'error')} of the harness`] : []),
  ];
  return `${parts.join(', ')}${complete || errors.length > 0 ? '' : ' (interrupted)'}`;
}
