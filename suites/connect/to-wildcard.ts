import { addressOf, Client, experiment, FAMILIES, nameSeen, PROTOCOLS, serveOn } from '../../src/experiment/index.ts';

interface Cell {
  server: string;
  client: string;
  protocol: 'udp' | 'tcp';
  family: 'inet' | 'inet6';
}

/** The machine's address that is meant: over IPv4 the one that the client is bound to, if it is; else loopback. */
const reached = ({ client, family }: Cell) => (client === 'external' && family === 'inet' ? 'external' : 'loopback');

/** A UDP server on :: answers from the address at which the way back begins, and not from the one that was asked. */
const isMisled = ({ server, client, protocol, family }: Cell) =>
  server === 'wildcard' && client === 'external' && protocol === 'udp' && family === 'inet6';

export default experiment({
  title: 'connect() to the wildcard',
  asks: 'A server is on this address, and a client, bound or not, connects to 0.0.0.0 or :: at its port: whom does it reach, and which names has it?',
  tags: ['connect', 'wildcard', 'names'],
  claims: {},
  axes: {
    server: ['wildcard', 'loopback', 'external'],
    client: ['unbound', 'wildcard', 'loopback', 'external'],
    protocol: PROTOCOLS,
    family: FAMILIES,
  },
  needs: ({ family }) => [`${family} loopback`, `${family} external`],
  async run({ server, client, protocol, family }, trial) {
    const net = { protocol, family };
    const { outcome } = await serveOn(trial, net, 'server', server);
    const part = await trial.part('client');
    const asking = await Client.open(trial, part, {
      ...net,
      ...(client === 'unbound' ? {} : { from: { address: addressOf(trial.facts, family, client) } }),
      to: { address: addressOf(trial.facts, family, 'wildcard') },
    });
    const seen = { part, socket: asking.socket };
    const names = { own: await nameSeen(trial, seen), peer: await nameSeen(trial, seen, 'getpeername') };
    if (asking.outcome !== 'ok') return { server: outcome, connected: asking.outcome, by: null, ...names };
    const answer = await asking.ask();
    return { server: outcome, connected: asking.outcome, by: answer.by, answer: answer.outcome, ...names };
  },
  waits: isMisled,
  expect: (cell) => {
    const { server, client, protocol } = cell;
    const own = client === 'external' ? 'external port another' : 'loopback port another';
    const peer = `${reached(cell)} port own` as const;
    if (server === 'wildcard' || server === reached(cell)) {
      const answer = isMisled(cell)
        ? ({ by: null, answer: 'silence' } as const)
        : { by: 'server', answer: 'ok' as const };
      return { server: 'ok', connected: 'ok', own, peer, ...answer };
    }
    return protocol === 'udp'
      ? { server: 'ok', connected: 'ok', own, peer, by: null, answer: 'ECONNREFUSED' }
      : { server: 'ok', connected: 'ECONNREFUSED', own, peer: 'ENOTCONN', by: null };
  },
  known: 'observed',
  cite: [{ source: 'man-ip', where: 'Address format, INADDR_ANY' }],
});
