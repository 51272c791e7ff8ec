import { receiverCornerInWords } from '../../../matrix/receivers/blocks.ts';
import { wayInWords } from '../../../matrix/receivers/ways.ts';
import type { ReceiversMismatch, ReceiversRecord } from '../../../record/receivers.ts';
import { counted } from '../../../text/counted.ts';
import { toldMismatch } from '../told-mismatch.ts';
import { receiverPairAsPlan } from './pair.ts';

/** A mismatch as lines; see `toldMismatch`. */
export function receiverMismatchLines(record: ReceiversRecord, mismatch: ReceiversMismatch): string[] {
  const { first, second } = mismatch;
  const way = mismatch.way === null ? undefined : record.ways[mismatch.way];
  const about = { first, second, ...(way === undefined ? {} : { probe: wayInWords(way) }) };
  const plan = receiverPairAsPlan(record, mismatch);
  return toldMismatch(record, receiverCornerInWords(mismatch), about, mismatch, plan);
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
