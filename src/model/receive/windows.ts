import { ANY } from '../overlap.ts';
import { ruleBook } from '../rules.ts';
import { chainDelivery, listed, mayHear, one, unconnected } from './chain.ts';
import { destinationOf } from './packet.ts';

const TABLES = {
  name: 'Microsoft, Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE',
  where: 'Using SO_REUSEADDR',
};

const windowsReceiveRules = ruleBook('windows', {
  'R1-connected': { prose: 'The socket that is connected to the sender receives.', source: TABLES, known: 'vendor' },
  'R2-more-specific': {
    prose:
      'A socket on the destination’s address receives before one on a wildcard, in whichever order they were bound.',
    source: { name: 'Wine 11.10, dlls/ws2_32/tests/sock.c', where: 'test_reuseaddr' },
    known: 'test-suite',
  },
  'R3-first-listener': {
    prose:
      'The first of several listeners on one address, which SO_REUSEADDR on all permits, receives; when it is closed, the next.',
    source: { name: 'Wine 11.10, dlls/ws2_32/tests/sock.c', where: 'test_reuseaddr' },
    known: 'test-suite',
  },
  'R4-multicast': {
    prose: 'A multicast goes to every socket that joined the group.',
    source: TABLES,
    known: 'vendor',
  },
  'R5-no-one': { prose: 'Where no socket is on the port, the sender is refused.', source: TABLES, known: 'vendor' },
});
const { id: rule } = windowsReceiveRules;

/** How Windows chooses who receives, as far as a source asserts it. UDP sockets on one address are not known about. */
export const windowsDelivery = chainDelivery({
  rules: windowsReceiveRules.rules,
  connectedRule: rule['R1-connected'],
  keepsName: true,
  many(state, packet) {
    const joined = listed(state).filter(
      (socket) => mayHear(socket, packet) && socket.memberships.some(({ group }) => group === packet.to.address),
    );
    const ids = joined.map(({ id }) => id).toSorted((first, second) => first - second);
    return ids.length === 0 ? undefined : { outcomes: [ids], rule: rule['R4-multicast'] };
  },
  choose(state, packet) {
    const answers = [destinationOf(packet), ANY].map((name) =>
      unconnected(state, packet, name)
        .filter((socket) => socket.protocol === 'udp' || socket.listening)
        .toReversed(),
    );
    const found = answers.find((sockets) => sockets.length > 0);
    const [first, second] = found ?? [];
    if (first === undefined) return { outcomes: ['refused'], rule: rule['R5-no-one'] };
    if (second === undefined) return one(first, rule['R2-more-specific']);
    // 0.0.0.0 and a dual-stack :: take the same connections, and no source says which of them gets a connection.
    const isSameName = found?.every(({ bound }) => bound === first.bound) === true;
    return first.protocol === 'tcp' && isSameName ? one(first, rule['R3-first-listener']) : undefined;
  },
});
