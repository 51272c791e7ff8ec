import { DISCOVERS, experiment, FAMILIES, sendThroughNarrow } from '../../src/experiment/index.ts';

const NAMES = Object.keys(DISCOVERS) as (keyof typeof DISCOVERS)[];

export default experiment({
  title: 'Datagrams that are too big for the way',
  asks: 'A UDP client, connected or not, with this value of IP_MTU_DISCOVER or IPV6_MTU_DISCOVER, sends three datagrams of 1400 bytes by way of a router whose next network takes 1300: which calls return the error, how often, what does the client learn of the way, and how many arrive?',
  tags: ['error', 'udp', 'option', 'route'],
  claims: {},
  axes: {
    discover: NAMES,
    socket: ['connected', 'unconnected'],
    errors: ['plain', 'queued'],
    family: FAMILIES,
  },
  needs: ({ family }) => ['changeable network', 'gateway', 'neighbour', `${family} filtered`, `${family} gateway`],
  run: ({ discover, socket, errors, family }, trial) =>
    sendThroughNarrow(trial, { discover, connected: socket === 'connected', queued: errors === 'queued', family }),
  // Only with "dont" does the client let routers cut its datagrams, which no router does for IPv6. "want" cuts them itself once
  // it knows of the way, "do" does not, and "probe" does not look at what it knows.
  expect: ({ discover, socket, errors, family }) => {
    const complaints = discover === 'probe' ? [0, 1, 2] : discover === 'dont' && family === 'inet' ? [] : [0];
    const isTold = errors === 'queued' || (socket === 'connected' && discover !== 'dont');
    const each = <T>(of: (round: number) => T): T[] => [0, 1, 2].map(of);
    const refuses = (round: number) => discover === 'do' && round > 0;
    return {
      sent: each((round) => (refuses(round) ? 'EMSGSIZE' : 'ok')),
      told: each((round) => (isTold && complaints.includes(round) ? 'EMSGSIZE' : 'silence')),
      queue: each((round) => {
        if (errors === 'plain') return null;
        if (refuses(round)) return 'local';
        return complaints.includes(round) ? (family === 'inet' ? 'icmp' : 'icmp6') : null;
      }),
      mtu: socket === 'unconnected' ? 'ENOTCONN' : complaints.length === 0 ? 1500 : 1300,
      arrived: discover === 'do' || discover === 'probe' ? 0 : 3 - complaints.length,
    };
  },
  known: 'observed',
  cite: [{ source: 'man-ip', where: 'IP_MTU_DISCOVER' }],
});
