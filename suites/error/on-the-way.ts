import {
  addressOf,
  experiment,
  FAMILIES,
  fence,
  open,
  outcomeOf,
  outcomesOf,
  prepareSockets,
} from '../../src/experiment/index.ts';

/** What the router does with packets to the destination. */
const ROUTES = ['unreachable', 'prohibit', 'blackhole'] as const;
const SOCKETS = ['udp-connected', 'udp-unconnected', 'tcp'] as const;
/**
 * The errors that a Linux router sends to one IPv4 address are limited, and no namespace has a limit of its own. So each cell
 * asks from an address of its own.
 */
const ownAddress = (route: (typeof ROUTES)[number], socket: (typeof SOCKETS)[number], errors: string): string =>
  `192.168.6.${140 + ROUTES.indexOf(route) * 10 + SOCKETS.indexOf(socket) * 2 + (errors === 'queued' ? 1 : 0)}`;
/** The first of a connection's packets that is sent again, after a second, brings the error in any case; in milliseconds. */
const SENT_AGAIN = 3000;

export default experiment({
  title: 'Errors of a router on the way',
  asks: 'A router has an unreachable, a prohibited or no way to a destination, and a client sends two datagrams or connects: which calls return which error, with IP_RECVERR or IPV6_RECVERR or without it, and does connect() fail at once?',
  tags: ['error', 'route', 'connect', 'option'],
  claims: {},
  axes: {
    route: ROUTES,
    socket: SOCKETS,
    errors: ['plain', 'queued'],
    family: FAMILIES,
  },
  // Without the queue, an error that comes while connect() is still at work is lost, and that of the next packet is waited for.
  only: ({ route, socket, errors }) => socket !== 'tcp' || errors === 'queued' || route === 'unreachable',
  needs: ({ family }) => [
    'changeable network',
    'gateway',
    'second interface',
    `${family} filtered`,
    `${family} gateway`,
  ],
  waits: ({ route, socket }) => route === 'blackhole' && socket === 'tcp',
  async run({ route, socket, errors, family }, trial) {
    const to = { address: addressOf(trial.facts, family, 'filtered'), port: trial.port };
    await trial.network('gateway').addRoute(`${to.address}/${family === 'inet' ? 32 : 128}`, route);
    const from = family === 'inet' ? ownAddress(route, socket, errors) : null;
    if (from !== null) await trial.network().addAddress(trial.facts.secondInterface ?? '', `${from}/24`);
    const client = await trial.part('client');
    const option = family === 'inet' ? 'IP_RECVERR' : 'IPV6_RECVERR';
    await prepareSockets(client, [
      ...open('socket', socket === 'tcp' ? 'tcp' : 'udp', family, 1),
      ...(errors === 'queued' ? [{ op: 'setsockopt', on: 'socket', option, value: 1 } as const] : []),
      ...(from === null ? [] : [{ op: 'bind', on: 'socket', address: from, port: 0 } as const]),
    ]);
    const within = route === 'unreachable' ? Math.max(SENT_AGAIN, trial.connectPatience) : trial.connectPatience;
    const connect = { op: 'connect', on: 'socket', ...to, within } as const;
    if (socket === 'tcp') return { ...(await outcomesOf(client, { connected: connect })), sent: [], told: [] };
    const gateway = await trial.part('gateway', { host: 'gateway' });
    const passed = await fence(
      trial,
      gateway,
      { address: addressOf(trial.facts, family, 'gateway'), port: await trial.anotherPort() },
      family,
    );
    const isConnected = socket === 'udp-connected';
    const { connected } = isConnected ? await outcomesOf(client, { connected: connect }) : { connected: null };
    const sent = [];
    const told = [];
    for (const data of ['first', 'second']) {
      const [sending] = await client.do({ op: 'send', on: 'socket', data, ...(isConnected ? {} : { to }) });
      await passed();
      const [reading] = await client.do({ op: 'recv', on: 'socket' });
      sent.push(outcomeOf(sending));
      told.push(outcomeOf(reading));
    }
    return { connected, sent, told };
  },
  expect: ({ route, socket, errors, family }) => {
    const error = family === 'inet' ? 'EHOSTUNREACH' : route === 'prohibit' ? 'EACCES' : ('ENETUNREACH' as const);
    if (socket === 'tcp') return { connected: route === 'blackhole' ? 'silence' : error };
    // A socket without the queue hears only of what lasts, such as a prohibition, and only where it is connected.
    const isTold = errors === 'queued' || (route === 'prohibit' && socket === 'udp-connected');
    const told = route !== 'blackhole' && isTold ? error : 'silence';
    return { connected: socket === 'udp-connected' ? 'ok' : null, sent: ['ok', 'ok'], told: [told, told] };
  },
  known: 'observed',
  cite: [{ source: 'man-ip', where: 'IP_RECVERR' }],
});
