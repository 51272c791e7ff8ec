import { bindAs, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'A dual-stack :: beside ::ffff:0.0.0.0',
  asks: 'A dual-stack :: and ::ffff:0.0.0.0 share a port; which of them receives over IPv4?',
  tags: ['receive', 'wildcard', 'dual-stack'],
  axes: { first: ['dual', 'mapped'], option: ['SO_REUSEADDR', 'SO_REUSEPORT'], protocol: ['udp', 'tcp'] },
  only: ({ option, protocol }) => option === 'SO_REUSEPORT' || protocol === 'udp',
  scene: ({ first, option, protocol }) => {
    const steps = (['dual', 'mapped'] as const).map((as) => bindAs(as, `${as}-wildcard`, [option]));
    return {
      protocol,
      senders: { client: { family: 'inet', at: 'loopback' } },
      steps: first === 'dual' ? steps : steps.toReversed(),
      packets: { overIPv4: { from: 'client', to: 'loopback' } },
    };
  },
  // The newest is the first in the list, but an AF_INET6 socket that has SO_REUSEPORT is put at the end.
  expect: ({ first, option }) => {
    const last = first === 'dual' ? 'mapped' : 'dual';
    return { receives: { overIPv4: option === 'SO_REUSEADDR' ? last : first } };
  },
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp_lib_get_port, __inet_hash' }],
});
