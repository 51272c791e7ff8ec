import {
  addressOf,
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
  title: 'bind() on a socket that is not new',
  asks: 'A socket in this state is bound to another port of loopback: does bind() work, and which name has the socket after it?',
  tags: ['argument', 'names'],
  claims: {},
  axes: { state: SOCKET_STATES, protocol: PROTOCOLS, family: FAMILIES },
  only: (cell) => hasState(cell) && cell.state !== 'new',
  needs: ({ family }) => [`${family} loopback`],
  async run({ state, protocol, family }, trial) {
    const staged = await socketIn(trial, { protocol, family }, state);
    const address = addressOf(trial.facts, family, 'loopback');
    const port = await trial.anotherPort();
    const { again } = await outcomesOf(staged.part, { again: { op: 'bind', on: staged.socket, address, port } });
    return { again, name: await nameSeen(trial, staged) };
  },
  expect: { again: 'EINVAL' },
  known: 'observed',
  cite: [{ source: 'man-bind', where: 'ERRORS, EINVAL' }],
});
