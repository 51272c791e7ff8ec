import { differs, type Fact, type Family, type Ground, holds } from '../../src/experiment/index.ts';
import restart from '../closing/restart.ts';
import reuseWhen from '../closing/reuse-when.ts';
import stillThere from '../closing/still-there.ts';

/** Why an option on the new socket is enough. */
const ENOUGH = {
  expect: { restart: 'ok' },
  because: 'With SO_REUSEADDR on the new socket only an unconnected socket on the very same name is in its way.',
} as const;

/** The facts that hold where bind() with SO_REUSEADDR passes over every connection, in whatever state. */
export function passesOverConnections(ground: Ground): Fact[] {
  return [
    differs(reuseWhen, { ...ground, ...ENOUGH }),
    differs(restart, { ...ground, ...ENOUGH, where: ({ reuse, user }) => user === 'same' && reuse !== 'none' }),
    differs(stillThere, {
      ...ground,
      ...ENOUGH,
      where: ({ reuse, user }) => user === 'same' && reuse !== 'none',
    }),
  ];
}

/** The facts that hold where bind() without an option is refused by every connection on an address that overlaps its own. */
export function meetsConnections(ground: Ground): Fact[] {
  return [holds(stillThere, { ...ground, where: ({ reuse }) => reuse === 'none', places: ['restart'] })];
}

/** The facts that hold where a connection in TIME_WAIT is such a connection, also one to the machine itself. */
export function meetsTimeWait(ground: Ground): Fact[] {
  return [holds(restart, { ...ground, where: ({ reuse }) => reuse === 'none', places: ['restart'] })];
}

/** The facts that hold where the connections of another user are in the way of a bind(), whatever its options. */
export function guardsOwners(families: readonly Family[], ground: Ground): Fact[] {
  const refused = {
    ...ground,
    expect: { restart: 'EADDRINUSE' },
    because: 'The port belongs to the user of the connection, unless the superuser asks.',
  } as const;
  return [
    differs(restart, {
      ...refused,
      where: ({ first, ending, user, family }) =>
        user === 'another' && families.includes(family) && first === 'server' && ending !== 'reset',
    }),
    differs(stillThere, {
      ...refused,
      where: ({ state, user, family }) => user === 'another' && families.includes(family) && state !== 'last-ack',
    }),
  ];
}

/** The facts that hold where the owner of a connection is not asked about. */
export function ignoresOwnersOfConnections(ground: Ground): Fact[] {
  return [
    differs(restart, {
      ...ground,
      where: ({ user }) => user === 'another',
      expect: { restart: 'ok' },
      because: 'Only unconnected TCP sockets of other users are in the way.',
    }),
    differs(stillThere, {
      ...ground,
      where: ({ user }) => user === 'another',
      expect: { restart: 'ok' },
      because: 'Only unconnected TCP sockets of other users are in the way.',
    }),
  ];
}
