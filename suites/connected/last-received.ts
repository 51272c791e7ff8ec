import { experiment, rememberedPeerOnProcessor } from '../../src/experiment/index.ts';

export default experiment({
  title: 'The processor on which a UDP socket last received',
  asks: 'A dual-stack socket that was connected over IPv6 shares a port with one on 0.0.0.0, and receives once on a processor; who receives over IPv4 on that processor, and who before?',
  tags: ['receive', 'connected', 'dual-stack'],
  claims: {},
  axes: { received: ['no', 'yes'] },
  needs: () => ['inet loopback', 'inet6 loopback', 'program taskset', 'changeable network'],
  run: ({ received }, trial) => rememberedPeerOnProcessor(trial, received === 'yes'),
  // A socket that remembers a peer gets a point there, which makes up for its family; among equals the first in the list receives.
  expect: ({ received }) => ({ overIPv4: received === 'yes' ? 'dual' : 'inet' }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'sk_incoming_cpu_update, compute_score' }],
});
