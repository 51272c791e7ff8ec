import { CROWDS, experiment, FAMILIES, lostDatagrams } from '../../src/experiment/index.ts';

export default experiment({
  title: 'Datagrams at a member of a group that goes',
  asks: 'A member of a group of SO_REUSEPORT has datagrams that it has not read, and it is closed or its process is killed; does another member get them, and who gets what the same senders send afterwards?',
  tags: ['lost', 'group', 'kill'],
  claims: {},
  axes: { how: ['closed', 'killed'], family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`],
  run: ({ how, family }, trial) => lostDatagrams(trial, { how, family, senders: CROWDS[2] }),
  // What was in its queue is gone. Each sender that was its own is from then on another member's.
  expect: { members: ['ok', 'ok'], before: 'some', after: 'all' },
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp_destroy_sock, reuseport_detach_sock' }],
});
