import {
  addressOf,
  experiment,
  FAMILIES,
  hasState,
  nameSeen,
  outcomesOf,
  PROTOCOLS,
  serveOn,
  socketIn,
  SOCKET_STATES,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'connect() in each state',
  asks: 'A socket in this state connects to a server on loopback: does connect() work, and which names has the socket after it?',
  tags: ['connect', 'names'],
  claims: {},
  axes: { state: SOCKET_STATES, protocol: PROTOCOLS, family: FAMILIES },
  only: hasState,
  needs: ({ family }) => [`${family} loopback`],
  async run({ state, protocol, family }, trial) {
    const port = await trial.anotherPort();
    await serveOn(trial, { protocol, family }, 'server', 'loopback', { port });
    const staged = await socketIn(trial, { protocol, family }, state);
    const to = { address: addressOf(trial.facts, family, 'loopback'), port, within: trial.connectPatience };
    const { connected } = await outcomesOf(staged.part, { connected: { op: 'connect', on: staged.socket, ...to } });
    return { connected, own: await nameSeen(trial, staged), peer: await nameSeen(trial, staged, 'getpeername') };
  },
  expect: ({ state, protocol }) => {
    if (protocol === 'udp') return { connected: 'ok', peer: 'loopback port another' };
    if (state === 'new' || state === 'bound') return { connected: 'ok' };
    // The call after a connect() that did not wait returns how that ended: once.
    if (state === 'refused') return { connected: 'ECONNABORTED', peer: 'ENOTCONN' };
    return { connected: state.endsWith('connected') || state === 'peer-closed' ? 'ok' : 'EISCONN' };
  },
  known: 'observed',
  cite: [{ source: 'posix-connect', where: 'DESCRIPTION and ERRORS, EISCONN' }],
});
