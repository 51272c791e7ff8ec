import { parseKernel } from '../linux-kernel.ts';
import type { Delivery } from './delivery.ts';
import { receiversOf } from './linux-choice.ts';
import { linuxReceiveRules } from './linux-rules.ts';
import { likenessOf } from './linux-likeness.ts';
import { after, type Lists, NO_LISTS } from './linux-state.ts';

/** Who receives on Linux. It was checked against the receivers of random sets of sockets on 6.18. */
export const linuxDelivery: Delivery<Lists> = {
  rules: linuxReceiveRules.rules,
  start: NO_LISTS,
  after: (lists, operation, { release, kernel }) => after(lists, operation, parseKernel(release ?? kernel)),
  likeness: likenessOf,
  receivers: (lists, packet, setting) =>
    receiversOf(lists, packet, parseKernel(setting.release ?? setting.kernel), setting),
};
