import {
  experiment,
  FAMILIES,
  hasState,
  nameSeen,
  PROTOCOLS,
  socketIn,
  SOCKET_STATES,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'The names of a socket in each state',
  asks: 'A socket is in this state: what do getsockname() and getpeername() return?',
  tags: ['argument', 'names'],
  claims: {},
  axes: { state: SOCKET_STATES, protocol: PROTOCOLS, family: FAMILIES },
  only: hasState,
  needs: ({ family }) => [`${family} loopback`],
  async run({ state, protocol, family }, trial) {
    const staged = await socketIn(trial, { protocol, family }, state);
    return { own: await nameSeen(trial, staged), peer: await nameSeen(trial, staged, 'getpeername') };
  },
  expect: ({ state }) => ({
    own:
      state === 'new'
        ? 'wildcard port none'
        : state === 'unbound-connected'
          ? 'loopback port another'
          : 'loopback port own',
    peer: ['new', 'bound', 'listening', 'disconnected', 'refused'].includes(state)
      ? 'ENOTCONN'
      : 'loopback port another',
  }),
  known: 'observed',
  cite: [{ source: 'man-bind', where: 'ERRORS, EINVAL' }],
});
