import { bindAll, experiment, type PlannedSocket, serversOf } from '../../src/experiment/index.ts';

export default experiment({
  title: 'An IPv6 socket between IPv4 sockets with SO_REUSEADDR',
  asks: 'A server listens on 127.0.0.1 with SO_REUSEADDR, and a socket on :: that takes IPv6 only is bound with SO_REUSEADDR too, and closed again or not: can 0.0.0.0 be bound with SO_REUSEADDR before that, and after it?',
  tags: ['conflict', 'SO_REUSEADDR', 'wildcard'],
  claims: {},
  axes: { between: ['open', 'closed'] },
  needs: () => ['inet loopback', 'inet6 loopback'],
  binds: {
    sockets: ({ between }): PlannedSocket[] => {
      const common = { protocol: 'tcp', options: ['SO_REUSEADDR'] } as const;
      const wildcard = { ...common, family: 'inet', on: 'wildcard', staysBound: true } as const;
      return [
        { ...common, as: 'listener', family: 'inet', on: 'loopback' },
        { ...wildcard, as: 'before' },
        {
          ...common,
          as: 'inet6',
          family: 'inet6',
          on: 'wildcard',
          staysBound: true,
          ...(between === 'closed' ? { afterwards: [{ op: 'close' }] } : {}),
        },
        { ...wildcard, as: 'after' },
      ];
    },
    observed: serversOf,
  },
  run: async (_, trial, sockets) => serversOf(await bindAll(trial, sockets)),
  // Linux 4.15 forgot of the port, when the IPv6 socket was bound, that a socket listens there.
  expect: { servers: ['ok', 'EADDRINUSE', 'ok', 'EADDRINUSE'] },
  known: 'observed',
  cite: [{ source: 'linux-tcp-bind', where: 'inet_csk_update_fastreuse' }],
});
