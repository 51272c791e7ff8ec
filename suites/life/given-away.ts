import {
  addressOf,
  boundIn,
  experiment,
  open,
  outcomesOf,
  prepareSockets,
  programEnded,
  PROTOCOLS,
} from '../../src/experiment/index.ts';

/** The number of the second user, as chown(1) takes it. */
const OTHER = '65534';

export default experiment({
  title: 'A socket whose owner is changed by chown()',
  asks: 'The owner of a socket with SO_REUSEPORT is changed to another user by chown(), before bind() or after it, or not at all: which user can bind a second socket with SO_REUSEPORT?',
  tags: ['life', 'SO_REUSEPORT', 'conflict', 'user', 'privilege'],
  claims: {},
  axes: { changed: ['never', 'before-bind', 'after-bind'], second: ['harness', 'other'], protocol: PROTOCOLS },
  needs: () => ['inet loopback', 'second user', 'program chown'],
  async run({ changed, second, protocol }, trial) {
    const part = await trial.part('first');
    await prepareSockets(part, [
      ...open('socket', protocol, 'inet', null),
      { op: 'setsockopt', on: 'socket', option: 'SO_REUSEPORT', value: 1 },
    ]);
    const chown = () => programEnded(part, { command: 'chown', args: [OTHER, '/proc/self/fd/3'], inherit: ['socket'] });
    let isChanged = changed === 'never';
    if (changed === 'before-bind') isChanged = (await chown()) === 0;
    const { bound } = await outcomesOf(part, {
      bound: { op: 'bind', on: 'socket', address: addressOf(trial.facts, 'inet', 'loopback'), port: trial.port },
    });
    if (changed === 'after-bind') isChanged = (await chown()) === 0;
    if (!isChanged) return { isChanged, bound, second: null };
    const net = { protocol, name: 'inet-loopback', options: 'SO_REUSEPORT', port: trial.port } as const;
    return { isChanged, bound, second: await boundIn(trial, 'second', { ...net, otherUser: second === 'other' }) };
  },
  // UDP asks the sockets whose they are. TCP remembers of a port by which user it was bound, and asks only where that is not enough.
  expect: ({ changed, second, protocol }) => {
    const isOwner = (changed === 'never') === (second === 'harness');
    const isRemembered = protocol === 'tcp' && changed === 'after-bind' && second === 'harness';
    return { isChanged: true, bound: 'ok', second: isOwner || isRemembered ? 'ok' : 'EADDRINUSE' };
  },
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'net/socket.c, sockfs_setattr' }],
});
