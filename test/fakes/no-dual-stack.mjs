// A real agent that answers as OpenBSD does: IPV6_V6ONLY can't be turned off, which is EINVAL.
import { filter } from './_filter.mjs';

/** An option that Linux does not have, so that setting it fails. */
const NONE = 'SO_EXCLUSIVEADDRUSE';
const isDual = ({ op, option, value }) => op === 'setsockopt' && option === 'IPV6_V6ONLY' && value === 0;

filter({
  request(operation) {
    if (isDual(operation)) return { ...operation, option: NONE };
    if (operation.op !== 'batch') return operation;
    const without = ([option, value]) => (option === 'IPV6_V6ONLY' && value === 0 ? [NONE, value] : [option, value]);
    const kinds = operation.kinds.map((kind) => ({ ...kind, options: kind.options.map(without) }));
    return { ...operation, kinds };
  },
  reply(result, operation) {
    if (isDual(operation)) return typeof result === 'string' ? 'EINVAL' : { ...result, outcome: 'EINVAL', errno: 22 };
    if (operation.op !== 'batch') return result;
    return {
      ...result,
      legend: result.legend.map((text) => text.replace(/^SO_EXCLUSIVEADDRUSE .*/, 'IPV6_V6ONLY EINVAL')),
    };
  },
});
