import { type Came, experiment, type PlannedSocket, serveAll } from '../../src/experiment/index.ts';

const WILDCARDS = {
  inet: { family: 'inet', on: 'wildcard' },
  dual: { family: 'inet6', on: 'wildcard', v6only: 0 },
  mapped: { family: 'inet6', on: { address: '::ffff:0.0.0.0' }, v6only: 0 },
} as const satisfies Record<string, Pick<PlannedSocket, 'family' | 'on' | 'v6only'>>;

/** The outcomes of the holders, each outcome once, and of the wildcard, which is bound last. */
function observed(came: readonly Came[]) {
  const wildcard = came.at(-1);
  if (wildcard === undefined) throw new RangeError('the wildcard has no outcome');
  return { holders: [...new Set(came.slice(0, -1).map(({ outcome }) => outcome))], wildcard: wildcard.outcome };
}

export default experiment({
  title: 'A UDP wildcard on a port that many sockets hold',
  asks: 'One process has bound UDP sockets to several addresses of 127.0.0.0/8 on one port; a second binds the wildcard there, as 0.0.0.0, as a dual-stack :: or as ::ffff:0.0.0.0: what does it get, however many sockets there are?',
  tags: ['conflict', 'wildcard', 'dual-stack', 'udp'],
  claims: {},
  // Linux counts the sockets of a slot of its table, and looks them up in another way when there are more than ten. The
  // slot may also have sockets of other ports, so that exactly ten could give different results on different days.
  axes: { wildcard: ['inet', 'dual', 'mapped'], holders: ['1', '8', '11', '16'] },
  needs: ({ wildcard }) => ['loopback network', ...(wildcard === 'inet' ? [] : (['inet6 wildcard'] as const))],
  binds: {
    sockets: ({ wildcard, holders }) => [
      ...Array.from({ length: Number(holders) }, (_, index): PlannedSocket => ({
        as: 'holder',
        protocol: 'udp',
        family: 'inet',
        on: { address: `127.0.0.${index + 1}` },
      })),
      { as: 'latecomer', protocol: 'udp', ...WILDCARDS[wildcard] },
    ],
    observed,
  },
  run: async (_, trial, sockets) => observed(await serveAll(trial, sockets)),
  expect: { holders: ['ok'], wildcard: 'EADDRINUSE' },
  known: 'observed',
  cite: [{ source: 'linux-udp', where: 'udp_lib_get_port' }],
});
