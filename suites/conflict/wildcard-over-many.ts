import { experiment } from '../../src/experiment/experiment.ts';
import type { Came, PlannedSocket } from '../../src/experiment/planned.ts';
import { serveAll } from '../../src/experiment/scenes.ts';

const WILDCARDS = {
  inet: { family: 'inet', on: 'wildcard' },
  dual: { family: 'inet6', on: 'wildcard', v6only: 0 },
  mapped: { family: 'inet6', on: { address: '::ffff:0.0.0.0' }, v6only: 0 },
} as const satisfies Record<string, Pick<PlannedSocket, 'family' | 'on' | 'v6only'>>;

/** What the holders came to, each outcome once, and the wildcard behind them. */
function observed(came: readonly Came[]) {
  return {
    holders: [...new Set(came.slice(0, -1).map(({ outcome }) => outcome))],
    wildcard: came.at(-1)?.outcome ?? 'ok',
  };
}

export default experiment({
  title: 'A UDP wildcard on a port that many sockets hold',
  asks: 'One process has bound UDP sockets to several addresses of 127.0.0.0/8 on one port; a second binds the wildcard there, as 0.0.0.0, as a dual-stack :: or as ::ffff:0.0.0.0: what does it get, however many sockets there are?',
  tags: ['conflict', 'wildcard', 'dual-stack', 'udp'],
  claims: {},
  // Linux counts the sockets of a slot of its table, and changes its way of looking beyond ten. The slot may have sockets
  // of other ports as well, so that exactly ten could tell different things on different days.
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
  differs: [
    {
      on: ['linux'],
      kernels: [
        { before: '6.1.168' },
        { from: '6.2', before: '6.6.131' },
        { from: '6.7', before: '6.12.80' },
        { from: '6.13', before: '6.18.21' },
        { from: '6.19', before: '6.19.11' },
      ],
      where: ({ holders }) => Number(holders) > 10,
      expect: { wildcard: 'ok' },
      because:
        'Beyond ten sockets these kernels look for a wildcard among the other wildcards only, and overlook the sockets on specific addresses (CVE-2026-31503).',
      known: 'observed',
      cite: [{ source: 'cve-2026-31503', where: 'affected versions; seen on 5.10.223 and 6.12.43' }],
    },
  ],
});
