import { experiment, FAMILIES, reload } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A server that is replaced under load',
  asks: 'Clients connect while a server is replaced by its next generation, which has a socket of its own with SO_REUSEPORT or is handed the old one; the old one closes at once, or after it has accepted what its queue had, or some clients too late for that, with net.ipv4.tcp_migrate_req or without it: are connections lost?',
  tags: ['lost', 'group', 'life', 'SO_REUSEPORT'],
  claims: {},
  axes: {
    socket: ['own', 'handed-over'],
    ending: ['closed', 'drained', 'drained-too-early'],
    migration: ['off', 'on'],
    family: FAMILIES,
  },
  // A socket that lives on has nothing to migrate.
  only: ({ socket, migration }) => socket === 'own' || migration === 'off',
  needs: ({ migration, family }) => [
    `${family} loopback`,
    ...(migration === 'on' ? (['changeable network', 'setting net.ipv4.tcp_migrate_req'] as const) : []),
  ],
  run: ({ socket, ending, migration, family }, trial) =>
    reload(trial, { socket, ending, migrates: migration === 'on', family }),
  expect: ({ socket, ending, migration }) => ({
    next: 'ok',
    connected: 'all',
    old: ending === 'closed' ? 'none' : socket === 'handed-over' && ending === 'drained' ? 'all' : 'some',
    new:
      ending === 'closed' && (migration === 'on' || socket === 'handed-over')
        ? 'all'
        : socket === 'handed-over' && ending === 'drained'
          ? 'none'
          : 'some',
    lost: socket === 'own' && migration === 'off' && ending !== 'drained' ? 'some' : 'none',
  }),
  known: 'observed',
  cite: [{ source: 'linux-ip-sysctl', where: 'tcp_migrate_req' }],
});
