import { differs, holds, type Fact, type Family, type Ground } from '../../src/experiment/index.ts';
import formOfName from '../argument/form-of-name.ts';
import noFamily from '../argument/no-family.ts';
import noName from '../argument/no-name.ts';
import noSocket from '../argument/no-socket.ts';
import defaults from '../option/defaults.ts';
import exclusive from '../option/exclusive.ts';

/** Options that only Linux has. */
const OF_LINUX = new Set<string>([
  'IP_FREEBIND',
  'IP_TRANSPARENT',
  'IP_BIND_ADDRESS_NO_PORT',
  'IP_LOCAL_PORT_RANGE',
  'IP_MULTICAST_ALL',
  'IPV6_MULTICAST_ALL',
]);
/** Flags of a socket that are off when it is made. */
const OFF = new Set<string>([
  'SO_REUSEADDR',
  'SO_REUSEPORT',
  'SO_BROADCAST',
  'SO_KEEPALIVE',
  'SO_ACCEPTCONN',
  'SO_ERROR',
]);

/** The facts that hold where each call looks up its descriptor first, and then asks whether it is of a socket. */
export function looksUpDescriptors(ground: Ground): Fact[] {
  return [holds(noSocket, ground)];
}

/** The facts that hold where a name is copied from the process, after a look at whether its length is enough for a family. */
export function copiesNames(ground: Ground): Fact[] {
  return [holds(noName, ground)];
}

/** The facts that hold where bind() asks for the family of a name, and then for the very length of that family. */
export function checksFamilyThenLength(ground: Ground): Fact[] {
  return [
    holds(formOfName, {
      ...ground,
      where: ({ form, call }) =>
        call === 'bind' && (form === 'one-byte-short' || form === 'empty' || form === 'other-family'),
    }),
    differs(formOfName, {
      ...ground,
      where: ({ form, call }) => call === 'bind' && (form === 'without-scope' || form === 'twelve-bytes-more'),
      expect: { called: 'EINVAL' },
      because: 'bind() takes a name only with the very length of its family.',
    }),
    differs(formOfName, {
      ...ground,
      where: ({ form, call }) => call === 'bind' && form === 'other-family-short',
      expect: { called: 'EAFNOSUPPORT' },
      because: 'bind() looks at the family of a name before it looks at its length.',
    }),
  ];
}

/** Whether Linux takes the name, or looks at its length first. */
const isTaken = ({ address, length, family }: { address: string; length: string; family: Family }) =>
  family === 'inet' ? address === 'wildcard' : length === '16';

/** The facts that hold where no socket can be bound by a name of AF_UNSPEC. */
export function knowsNoFamily(ground: Ground): Fact[] {
  return [
    holds(noFamily, { ...ground, where: (cell) => !isTaken(cell) }),
    differs(noFamily, {
      ...ground,
      where: isTaken,
      expect: { bound: 'EAFNOSUPPORT' },
      because: 'bind() takes only names of the family of the socket.',
    }),
  ];
}

/** The fact that an IPv6 socket takes IPv6 alone, unless it says otherwise. */
export function onlyInet6(ground: Ground): Fact {
  return differs(defaults, {
    ...ground,
    where: ({ option }) => option === 'IPV6_V6ONLY',
    expect: { read: 'ok', value: 1 },
    because: 'An IPv6 socket has IPV6_V6ONLY at 1 there.',
  });
}

/**
 * The facts about options that follow from the headers of a BSD, and from a new socket having no flags.
 * @param v6only the default of IPV6_V6ONLY
 * @param lacks further options that its headers do not have
 */
export function hasOptionsOfBsd(v6only: 0 | 1, lacks: readonly string[], ground: Ground): Fact[] {
  return [
    holds(exclusive, ground),
    differs(defaults, {
      ...ground,
      where: ({ option }) => OF_LINUX.has(option) || lacks.includes(option),
      expect: { read: 'not available here', value: null },
      because: 'Its headers do not have the option.',
    }),
    holds(defaults, { ...ground, where: ({ option }) => OFF.has(option) }),
    ...(v6only === 0
      ? [holds(defaults, { ...ground, where: ({ option }) => option === 'IPV6_V6ONLY' })]
      : [onlyInet6(ground)]),
  ];
}
