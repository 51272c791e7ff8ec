import { describe, expect, test } from 'vitest';
import * as library from '../../../src/library/explain.ts';
import { BadArgument, models } from '../../../src/library/models.ts';

const NAME = { protocol: 'udp', family: 'inet', address: '127.0.0.1', port: 5353 } as const;
const { linux } = models;
const port = linux.simulate({ kernel: '6.1.0' }).step({ op: 'bind', socket: 1, ...NAME }).after;

/** What a program without types may give: the call, and what its error says. */
type Wrong = readonly [what: string, call: (any: never) => unknown, message: RegExp];

/** The functions as JavaScript sees them, which takes anything. */
const any = (made: object) => made as unknown as Record<string, (...given: unknown[]) => unknown>;
const step = (...given: unknown[]) => any(port)['step']?.(...given);
const bind = (more: object) => step({ op: 'bind', socket: 2, ...NAME, ...more });
const explain = (...given: unknown[]) => any(library)['explain']?.(...given);
const predict = (...given: unknown[]) => any(linux)['predict']?.(...given);
const simulate = (...given: unknown[]) => any(linux)['simulate']?.(...given);

const OF_MODELS: readonly Wrong[] = [
  ['step without an operation', () => step(), /^operation is missing; allowed is an operation/],
  [
    'step of an object without op',
    () => step({}),
    /^no such operation: operation\.op is missing; allowed is one of bind/,
  ],
  ['an unknown operation', () => step({ op: 'bnd', socket: 1 }), /operation\.op is "bnd"/],
  [
    'a bind without a name',
    () => step({ op: 'bind', socket: 2 }),
    /^operation\.protocol is missing; allowed is one of udp, tcp/,
  ],
  [
    'an address that is none',
    () => bind({ address: 'banana' }),
    /^operation\.address is "banana"; allowed is an IPv4 address/,
  ],
  [
    'an address of the other family',
    () => bind({ address: '::1' }),
    /^operation\.address is "::1"; allowed is an IPv4/,
  ],
  [
    'an unknown option',
    () => bind({ options: { reusaddr: true } }),
    /^unknown field of operation\.options 'reusaddr'; did you mean 'reuseaddr'/,
  ],
  [
    'an option that is not a boolean',
    () => bind({ options: { reuseaddr: 1 } }),
    /^operation\.options\.reuseaddr is 1; allowed is true or false/,
  ],
  ['an unknown field', () => bind({ v6olny: true }), /^unknown field of operation 'v6olny'; did you mean 'v6only'/],
  ['port 0', () => bind({ port: 0 }), /^operation\.port is 0; allowed is a port from 1 to 65535/],
  [
    'an outcome that there is not',
    () => step({ op: 'bind', socket: 2, ...NAME }, 'EBANANA'),
    /^happened is "EBANANA"; allowed is one of ok,/,
  ],
  [
    'a way to disconnect that there is not',
    () => step({ op: 'disconnect', socket: 1, by: 'magic' }),
    /^operation\.by is "magic"/,
  ],
  [
    'a state that close() does not leave',
    () => step({ op: 'close', socket: 1, leaves: 'dust' }),
    /^operation\.leaves is "dust"/,
  ],
  [
    'an accept without a listener',
    () => step({ op: 'accept', socket: 2, local: '127.0.0.1' }),
    /^operation\.listener is missing/,
  ],
  ['receivers of nothing', () => any(port)['receivers']?.({}), /^packet\.protocol is missing/],
  [
    'a packet between two families',
    () =>
      any(port)['receivers']?.({ protocol: 'udp', from: { address: '::1', port: 5 }, to: { address: '127.0.0.1' } }),
    /^packet\.to\.address is "127\.0\.0\.1"; allowed is an IPv6 address/,
  ],
  [
    'a packet from a group',
    () =>
      any(port)['receivers']?.({
        protocol: 'udp',
        from: { address: '239.1.1.1', port: 5 },
        to: { address: '127.0.0.1' },
      }),
    /^packet\.from\.address is "239\.1\.1\.1"; allowed is an address of one sender/,
  ],
  [
    'a connection to everyone',
    () =>
      any(port)['receivers']?.({
        protocol: 'tcp',
        from: { address: '127.0.0.1', port: 5 },
        to: { address: '255.255.255.255' },
      }),
    /^packet\.to\.address is "255\.255\.255\.255"; allowed is an address of one receiver/,
  ],
  [
    'receivers without a packet',
    () => any(port)['receivers']?.(),
    /^packet is missing; allowed is an object with protocol, from, to/,
  ],
  ['has of a text', () => any(port)['has']?.('a'), /^socket is "a"; allowed is the number of a socket/],
  ['sockname of nothing', () => any(port)['sockname']?.(), /^socket is missing/],
  ['predict of nothing', () => predict(), /^present is missing; allowed is a list of sockets/],
  ['predict without a name', () => predict([], {}), /^next\.protocol is missing/],
  ['predict of port 0', () => predict([], { ...NAME, port: 0 }), /^next\.port is 0/],
  ['a state that there is not', () => predict([{ ...NAME, state: 'odd' }], NAME), /^present\[0\]\.state is "odd"/],
  [
    'a release that is none',
    () => simulate({ release: 'banana' }),
    /^setting\.release is "banana"; allowed is a release/,
  ],
  [
    'an unknown setting',
    () => simulate({ kernal: '6.1.0' }),
    /^unknown field of setting 'kernal'; did you mean 'kernel'/,
  ],
  [
    'an unknown fact of the host',
    () => simulate({ host: { adresses: [] } }),
    /^unknown field of setting\.host 'adresses'; did you mean 'addresses'/,
  ],
  [
    'a setting that is none',
    () => predict([], NAME, 'newest'),
    /^setting is "newest"; allowed is an object with host, release, kernel/,
  ],
];

const OF_EXPLAIN: readonly Wrong[] = [
  ['nothing', () => explain(), /^texts is missing; allowed is a list of texts/],
  ['a text', () => explain(':80'), /^texts is ":80"; allowed is a list of texts/],
  ['no text', () => explain([]), /^texts is \[\]; allowed is a list of texts/],
  ['an empty text', () => explain(['']), /^texts\[0\] is ""; allowed is a text/],
  ['a number', () => explain([':80', 80]), /^texts\[1\] is 80; allowed is a text/],
  [
    'an unknown wish',
    () => explain([':80'], { system: 'linux' }),
    /^unknown field of wanted 'system'; did you mean 'systems'/,
  ],
  [
    'an unknown system',
    () => explain([':80'], { systems: ['bsd'] }),
    /^wanted\.systems\[0\] is "bsd"; allowed is one of linux/,
  ],
  ['a kernel that is none', () => explain([':80'], { kernel: 'new' }), /^wanted\.kernel is "new"/],
  [
    'a release that is a number',
    () => explain([':80'], { releases: { freebsd: 14 } }),
    /^wanted\.releases\.freebsd is 14/,
  ],
  [
    'settings of one’s own',
    () => explain([':80'], { settings: {} }),
    /^wanted\.settings is \{\}; allowed is what readSettings\(\) returned/,
  ],
  [
    'a sender that is none',
    () => explain([':80'], { sent: { to: 'banana' } }),
    /^wanted\.sent\.to is "banana"; allowed is an IP address/,
  ],
  ['readTexts of a text', () => any(library)['readTexts']?.(':80'), /^texts is ":80"/],
  ['readSocket of nothing', () => any(library)['readSocket']?.(), /^text is missing/],
  ['readSettings of a text', () => any(library)['readSettings']?.('bindv6only=1'), /^texts is "bindv6only=1"/],
  ['spell of an empty object', () => any(library)['spell']?.({}), /^socket\.protocol is missing/],
  [
    'sentenceOf of an empty object',
    () => any(library)['sentenceOf']?.({}),
    /^answer is \{\}; allowed is what explain\(\) returned in answers/,
  ],
  ['groundsOf of nothing', () => any(library)['groundsOf']?.(), /^answer is missing/],
  [
    'adviceOf of nothing',
    () => any(library)['adviceOf']?.(),
    /^explanation is missing; allowed is what explain\(\) returned/,
  ],
  ['assumedOf of nothing', () => any(library)['assumedOf']?.(), /^explanation is missing/],
];

describe.each([
  ['the models', OF_MODELS],
  ['explain', OF_EXPLAIN],
])('%s refuse', (_which, wrong) => {
  test.each(wrong)('%s', (_what, call, message) => {
    let caught: unknown;
    try {
      (call as () => unknown)();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(BadArgument);
    expect(caught).toBeInstanceOf(RangeError);
    const { message: said, where } = caught as BadArgument;
    expect(said).toMatch(message);
    expect(said).not.toContain('\n');
    expect(where).not.toBe('');
  });
});

test('what is right is taken, with fields that are undefined', () => {
  const socket = { ...NAME, v6only: undefined, options: { reuseaddr: undefined } } as never;
  expect(linux.predict([], socket).bind.outcomes).toEqual(['ok']);
  expect(port.step({ op: 'set', socket: 1, device: null }).prediction.outcomes).toEqual(['ok']);
  expect(port.sockname(1)).toEqual({ address: '127.0.0.1', port: 5353 });
  const packet = { protocol: 'udp', from: { address: '127.0.0.1', port: 1 }, to: { address: '127.0.0.1' } } as const;
  expect(port.receivers(packet)?.outcomes).toEqual([[1]]);
  expect(linux.predict([NAME], NAME).after.has(0)).toBe(true);
  expect(
    library.explain([':80'], { systems: ['linux'], settings: library.readSettings(['ipv6=0']) }).answers,
  ).toHaveLength(1);
});

test('a simulation after a step is checked too', () => {
  const { after } = port.step({ op: 'close', socket: 1 });
  expect(() => any(after)['step']?.({})).toThrow(BadArgument);
  expect(() => any(linux.predict([], NAME).after)['step']?.({})).toThrow(BadArgument);
});
