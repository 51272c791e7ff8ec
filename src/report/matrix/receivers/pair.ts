import { receiverPlan } from '../../../matrix/receivers/socket-steps.ts';
import { specSpelled } from '../../../matrix/recorded-sockets.ts';
import { formatPlan } from '../../../plan/notation.ts';
import type { ReceiversMismatch, ReceiversRecord } from '../../../record/receivers.ts';

/** A pair of a record as a plan, which `explore --replay` plays and `explain` asks every system about. */
export function receiverPairAsPlan(
  { sockets, lab, ways }: Pick<ReceiversRecord, 'sockets' | 'lab' | 'ways'>,
  pair: Omit<ReceiversMismatch, 'kernel' | 'model' | 'rule' | 'command'>,
): string | undefined {
  const [first, second] = [specSpelled(sockets, pair.first), specSpelled(sockets, pair.second)];
  return first && second ? formatPlan(receiverPlan(pair, first, second, lab, ways[pair.way ?? -1])) : undefined;
}
