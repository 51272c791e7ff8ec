import { experiment, FAMILIES, lostQueue } from '../../src/experiment/index.ts';

export default experiment({
  title: 'Connections in the queue of a listener that goes',
  asks: 'Clients are connected to a listener that has accepted none of them, and it is closed or its process is killed; what do they learn, alone, beside a listener in its group of SO_REUSEPORT, and with net.ipv4.tcp_migrate_req?',
  tags: ['lost', 'group', 'kill'],
  claims: {},
  axes: { how: ['closed', 'killed'], beside: ['nothing', 'a-member', 'a-member-and-migration'], family: FAMILIES },
  needs: ({ beside, family }) => [
    `${family} loopback`,
    ...(beside === 'a-member-and-migration'
      ? (['changeable network', 'setting net.ipv4.tcp_migrate_req'] as const)
      : []),
  ],
  run: ({ how, beside, family }, trial) =>
    lostQueue(trial, { how, family, member: beside !== 'nothing', migrates: beside === 'a-member-and-migration' }),
  // Without migration only the connections that the other listener's own queue has are left.
  expect: ({ beside }) => {
    if (beside === 'nothing') return { listeners: ['ok'], connected: 'all', reset: 'all', accepted: 'none' };
    const isMoved = beside === 'a-member-and-migration';
    return {
      listeners: ['ok', 'ok'],
      connected: 'all',
      reset: isMoved ? 'none' : 'some',
      accepted: isMoved ? 'all' : 'some',
    };
  },
  known: 'observed',
  cite: [{ source: 'linux-ip-sysctl', where: 'tcp_migrate_req' }],
});
