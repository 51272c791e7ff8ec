import {
  experiment,
  FAMILIES,
  hasState,
  nameSeen,
  outcomesOf,
  PROTOCOLS,
  socketIn,
  SOCKET_STATES,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'send() without a destination, in each state',
  asks: 'A socket in this state sends without naming a destination: what does send() return, and which name has the socket after it?',
  tags: ['argument', 'names'],
  claims: {},
  axes: { state: SOCKET_STATES, protocol: PROTOCOLS, family: FAMILIES },
  only: (cell) => hasState(cell) && cell.state !== 'peer-closed',
  needs: ({ family }) => [`${family} loopback`],
  async run({ state, protocol, family }, trial) {
    const staged = await socketIn(trial, { protocol, family }, state);
    const { sent } = await outcomesOf(staged.part, { sent: { op: 'send', on: staged.socket, data: 'x' } });
    return { sent, name: await nameSeen(trial, staged) };
  },
  expect: ({ state, protocol }) => ({
    sent:
      state === 'shut-down'
        ? 'EPIPE'
        : ['connected', 'unbound-connected', 'accepted'].includes(state)
          ? 'ok'
          : protocol === 'udp'
            ? 'EDESTADDRREQ'
            : 'EPIPE',
  }),
  known: 'observed',
  cite: [{ source: 'man-socket', where: 'send(2), ERRORS' }],
});
