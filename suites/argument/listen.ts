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
  title: 'listen() in each state',
  asks: 'A socket in this state listens: does listen() work, and which name has the socket after it?',
  tags: ['argument', 'names'],
  claims: {},
  axes: { state: SOCKET_STATES, protocol: PROTOCOLS, family: FAMILIES },
  only: hasState,
  needs: ({ family }) => [`${family} loopback`],
  async run({ state, protocol, family }, trial) {
    const staged = await socketIn(trial, { protocol, family }, state);
    const { listened } = await outcomesOf(staged.part, { listened: { op: 'listen', on: staged.socket } });
    return { listened, name: await nameSeen(trial, staged) };
  },
  // After a connect() that did not wait, the socket counts as connecting until connect() is called again, refused or not.
  expect: ({ state, protocol }) =>
    protocol === 'udp'
      ? { listened: 'EOPNOTSUPP' }
      : state === 'new'
        ? { listened: 'ok', name: 'wildcard port another' }
        : { listened: ['bound', 'listening'].includes(state) ? 'ok' : 'EINVAL' },
  known: 'observed',
  cite: [{ source: 'posix-bind', where: 'listen, ERRORS' }],
});
