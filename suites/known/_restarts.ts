import { differs, type Fact, type Family, type Ground, holds } from '../../src/experiment/index.ts';
import restart from '../closing/restart.ts';
import reuseWhen from '../closing/reuse-when.ts';
import stillThere from '../closing/still-there.ts';

/** Why an option on the new socket is enough. */
const ENOUGH = {
  expect: { restart: 'ok' },
  because: 'With SO_REUSEADDR on the new socket only an unconnected socket on the very same name is in its way.',
} as const;

/** Whether a connection is left on the address that is bound again, for a moment at least. */
const leaves = ({ first, ending }: { first: string; ending: string }) => first === 'server' && ending !== 'reset';
const isThere = ({ state, on }: { state: string; on: string }) => state !== 'last-ack' && on !== 'external';

/** The facts that hold where bind() with SO_REUSEADDR passes over every connection, in whatever state. */
export function passesOverConnections(ground: Ground): Fact[] {
  return [
    holds(reuseWhen, { ...ground, where: ({ change }) => change === 'child-after-accept', places: ['restart'] }),
    differs(reuseWhen, { ...ground, ...ENOUGH, where: ({ change }) => change !== 'child-after-accept' }),
    holds(restart, {
      ...ground,
      where: (cell) => cell.user === 'same' && (cell.reuse === 'both' || (cell.reuse === 'new' && !leaves(cell))),
      places: ['restart'],
    }),
    differs(restart, { ...ground, ...ENOUGH, where: (cell) => cell.reuse === 'new' && leaves(cell) }),
    holds(stillThere, {
      ...ground,
      where: (cell) => cell.user === 'same' && (cell.reuse === 'both' || (cell.reuse === 'new' && !isThere(cell))),
      places: ['restart'],
    }),
    differs(stillThere, { ...ground, ...ENOUGH, where: (cell) => cell.reuse === 'new' && isThere(cell) }),
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
  const isAsked = ({ user, family }: { user: string; family: Family }) =>
    user === 'another' && families.includes(family);
  return [
    differs(restart, { ...refused, where: (cell) => isAsked(cell) && leaves(cell) }),
    holds(restart, { ...ground, where: (cell) => isAsked(cell) && !leaves(cell), places: ['restart'] }),
    differs(stillThere, { ...refused, where: (cell) => isAsked(cell) && isThere(cell) }),
    holds(stillThere, { ...ground, where: (cell) => isAsked(cell) && !isThere(cell), places: ['restart'] }),
  ];
}

/** The facts that hold where the owner of a connection is not asked about. */
export function ignoresOwnersOfConnections(ground: Ground): Fact[] {
  return [
    holds(restart, { ...ground, where: ({ user }) => user === 'another', places: ['restart'] }),
    holds(stillThere, { ...ground, where: ({ user }) => user === 'another', places: ['restart'] }),
  ];
}
