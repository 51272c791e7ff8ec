import { bindAll, experiment, FAMILIES, type PlannedSocket, PROTOCOLS, SHARING } from '../../src/experiment/index.ts';

/** The devices and the options of sockets that are bound one after the other: A is SO_REUSEADDR, P is SO_REUSEPORT. */
const SEQUENCES = {
  'none-lo': 'none, lo',
  'lo-none': 'lo, none',
  'lo-lo': 'lo, lo',
  'lo-eth0': 'lo, eth0',
  'lo-eth0-none': 'lo, eth0, none',
  'lo-eth0-lo': 'lo, eth0, lo',
  'none-A-lo-A': 'none A, lo A',
  'none-P-lo-P': 'none P, lo P',
  'none-A-lo-P': 'none A, lo P',
  'lo-A-lo-A-lo': 'lo A, lo A, lo',
  'lo-P-lo-P-none-A': 'lo P, lo P, none A',
  'lo-AP-none-AP-lo-P': 'lo AP, none AP, lo P',
  'lo-AP-none-AP-lo-A': 'lo AP, none AP, lo A',
  'lo-P-eth0-none-P': 'lo P, eth0, none P',
  'none-AP-none-P-lo-A': 'none AP, none P, lo A',
} as const;
type Sequence = keyof typeof SEQUENCES;
const OPTIONS = { A: 'SO_REUSEADDR', P: 'SO_REUSEPORT', AP: 'both' } as const;

/** What is right on Linux: the outcomes in order, where not all are ok. A socket that was refused is no longer there. */
const REFUSED: Readonly<Partial<Record<Sequence, readonly number[]>>> = {
  'none-lo': [1],
  'lo-none': [1],
  'lo-lo': [1],
  'lo-eth0-none': [2],
  'lo-eth0-lo': [2],
  'none-A-lo-P': [1],
  'lo-A-lo-A-lo': [2],
  'lo-P-lo-P-none-A': [2],
  'lo-P-eth0-none-P': [2],
  'none-AP-none-P-lo-A': [2],
};

function socketsOf({
  sequence,
  protocol,
  family,
}: {
  sequence: Sequence;
  protocol: 'udp' | 'tcp';
  family: 'inet' | 'inet6';
}) {
  return SEQUENCES[sequence].split(', ').map((one, at): PlannedSocket => {
    const [device, letters] = one.split(' ') as [string, keyof typeof OPTIONS | undefined];
    return {
      as: `socket ${at + 1}`,
      protocol,
      family,
      on: 'wildcard',
      staysBound: true,
      options: letters === undefined ? [] : SHARING[OPTIONS[letters]],
      ...(device === 'none' ? {} : { device }),
    };
  });
}

export default experiment({
  title: 'Sockets that are tied to devices, one after the other',
  asks: 'Sockets are bound to the wildcard of one port in this order, each tied to a device by SO_BINDTODEVICE or to none, with these options: which bind() works?',
  tags: ['device', 'SO_BINDTODEVICE', 'conflict', 'SO_REUSEADDR', 'SO_REUSEPORT'],
  claims: {},
  axes: { sequence: Object.keys(SEQUENCES) as Sequence[], protocol: PROTOCOLS, family: FAMILIES },
  only: ({ protocol, family }) => protocol === 'tcp' || family === 'inet',
  needs: ({ family }) => ['changeable network', `${family} wildcard`],
  binds: {
    sockets: socketsOf,
    observed: (came) => ({ outcomes: came.map(({ outcome }) => outcome) }),
  },
  run: async (_, trial, sockets) => ({ outcomes: (await bindAll(trial, sockets)).map(({ outcome }) => outcome) }),
  expect: (cell) => ({
    outcomes: socketsOf(cell).map((_, at) => (REFUSED[cell.sequence]?.includes(at) === true ? 'EADDRINUSE' : 'ok')),
  }),
  known: 'observed',
  cite: [{ source: 'man-socket', where: 'SO_BINDTODEVICE' }],
});
