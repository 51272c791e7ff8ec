import {
  addressOf,
  experiment,
  FAMILIES,
  kindOf,
  open,
  outcomeOf,
  type Operation,
  prepareSockets,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'The error queue of a UDP socket',
  asks: 'A UDP socket, connected or not, that asks for errors by IP_RECVERR or IPV6_RECVERR sends twice to a closed port of this address: what is in its error queue, and does an ordinary call return the error too?',
  tags: ['error', 'refusal', 'udp', 'option'],
  claims: {},
  axes: { socket: ['connected', 'unconnected'], to: ['loopback', 'external', 'neighbour'], family: FAMILIES },
  needs: ({ to, family }) => [`${family} ${to}`, ...(to === 'neighbour' ? (['neighbour'] as const) : [])],
  async run({ socket, to, family }, trial) {
    const peer = { address: addressOf(trial.facts, family, to), port: trial.port };
    const part = await trial.part('client');
    const option = family === 'inet' ? 'IP_RECVERR' : 'IPV6_RECVERR';
    const connected = socket === 'connected';
    const send = { op: 'send', on: 'socket', data: 'x', ...(connected ? {} : { to: peer }) } as const;
    await prepareSockets(part, open('socket', 'udp', family, 1));
    const [asked] = await part.do({ op: 'setsockopt', on: 'socket', option, value: 1 });
    const set = outcomeOf(asked);
    if (set !== 'ok') return { set };
    await prepareSockets(part, [...(connected ? [{ op: 'connect', on: 'socket', ...peer } as const] : []), send]);
    const queued: Operation = { op: 'recv', on: 'socket', flags: ['MSG_ERRQUEUE'], within: 0 };
    const [ready] = await part.do({ op: 'recv', on: 'socket', within: trial.patience });
    const [first] = await part.do(queued);
    const [second] = await part.do(queued);
    const { error } = first ?? {};
    return {
      set,
      ordinary: ready?.outcome ?? null,
      first: first?.outcome ?? null,
      error: error?.outcome ?? null,
      origin: error?.origin ?? null,
      offender: error?.offender ? kindOf(trial.facts, error.offender.address) : null,
      second: second?.outcome ?? null,
    };
  },
  expect: ({ to, family }) => ({
    set: 'ok',
    ordinary: 'ECONNREFUSED',
    first: 'ok',
    error: 'ECONNREFUSED',
    origin: family === 'inet' ? 'icmp' : 'icmp6',
    offender: to,
    second: 'silence',
  }),
  known: 'observed',
  cite: [{ source: 'man-ip', where: 'IP_RECVERR' }],
});
