import { describe, expect, it } from 'vitest';
import { batchKind, makingCalls } from '../../../src/plan/operations.ts';
import { parsePlan } from '../../../src/plan/parse.ts';
import { isOnSocket, makingOf } from '../../../src/plan/plan.ts';

/** The operations that make the first socket of a plan. */
function operations(text: string) {
  const { protocol, steps } = parsePlan(text);
  const [step] = steps;
  const making = step && makingOf(step);
  if (!making) throw new Error('nothing is made');
  return makingCalls('s1', making, protocol).map((operation) =>
    operation.op === 'socket'
      ? `socket ${operation.family} ${operation.type}`
      : operation.op === 'setsockopt'
        ? `${operation.option}=${String(operation.value as string | number)}`
        : operation.op,
  );
}

describe('a plan as operations of an agent', () => {
  it.each([
    ['udp: bind s1 0.0.0.0', ['socket inet dgram']],
    ['tcp: bind s1 ::', ['socket inet6 stream', 'IPV6_V6ONLY=0']],
    ['tcp: bind s1 :: v6only', ['socket inet6 stream', 'IPV6_V6ONLY=1']],
    ['tcp: bind s1 :: v6only=default', ['socket inet6 stream']],
    ['udp: open s1 inet tcp', ['socket inet stream']],
    [
      'udp: open s1 inet6 reuseport dev=eth0 reuseaddr v6only',
      ['socket inet6 dgram', 'IPV6_V6ONLY=1', 'SO_REUSEPORT=1', 'SO_REUSEADDR=1', 'SO_BINDTODEVICE=eth0'],
    ],
    ['udp: open s1 inet exclusive', ['socket inet dgram', 'SO_EXCLUSIVEADDRUSE=1']],
  ])('%s', (text, wanted) => {
    expect(operations(text)).toEqual(wanted);
  });

  it.each([
    ['udp: bind s1 0.0.0.0', { family: 'inet', type: 'dgram', options: [], bind: '0.0.0.0' }],
    [
      'tcp: bind s1 ::1 v6only=default reuseaddr; listen s1',
      { family: 'inet6', type: 'stream', options: [['SO_REUSEADDR', 1]], bind: '::1', listen: 8 },
    ],
    [
      'tcp: bind s1 ::ffff:0.0.0.0; connect s1 127.0.0.1; peer-close s1',
      {
        family: 'inet6',
        type: 'stream',
        options: [['IPV6_V6ONLY', 0]],
        bind: '::ffff:0.0.0.0',
        connect: { address: '::ffff:127.0.0.1', port: 99 },
      },
    ],
  ])('%s, as a kind of a batch', (text, wanted) => {
    const { protocol, steps } = parsePlan(text);
    expect(batchKind(protocol, steps.filter(isOnSocket), 99)).toEqual(wanted);
  });

  it('is not part of a batch without a step that makes a socket', () => {
    expect(() => batchKind('udp', [{ op: 'listen', socket: 1 }])).toThrow('begins with the step that makes it');
  });
});
