import { experiment, hasState, outcomesOf, PROTOCOLS, socketIn, SOCKET_STATES } from '../../src/experiment/index.ts';

export default experiment({
  title: 'IPV6_V6ONLY on a socket that is not new',
  asks: 'An IPv6 socket in this state, made with IPV6_V6ONLY at 1, sets it to 0: does setsockopt() work, and what does getsockopt() read after it?',
  tags: ['argument', 'dual-stack', 'option'],
  claims: {},
  axes: { state: SOCKET_STATES, protocol: PROTOCOLS },
  only: hasState,
  needs: () => ['inet6 loopback'],
  async run({ state, protocol }, trial) {
    const { part, socket } = await socketIn(trial, { protocol, family: 'inet6' }, state);
    const { set } = await outcomesOf(part, { set: { op: 'setsockopt', on: socket, option: 'IPV6_V6ONLY', value: 0 } });
    const [read] = await part.do({ op: 'getsockopt', on: socket, option: 'IPV6_V6ONLY' });
    return { set, value: read?.value === 0 ? 0 : read?.value === 1 ? 1 : null };
  },
  expect: ({ state }) => (state === 'new' ? { set: 'ok', value: 0 } : { set: 'EINVAL', value: 1 }),
  known: 'observed',
  cite: [{ source: 'rfc3493', where: '5.3' }],
});
