import { experiment } from '../../src/experiment/experiment.ts';
import { askAt, FAMILIES, PROTOCOLS, serveAndAsk } from '../../src/experiment/scenes.ts';
import { CLOSED_PORT, IN_GVISOR, UNDER_WINE, WINE_TAKES_ERRORS } from '../grounds.ts';

export default experiment({
  title: 'A server on the external address, asked at loopback',
  asks: 'A server binds the external address alone; a client on the same machine asks the loopback address: is it refused, and does the server get nothing? How long does that take beside an answer?',
  tags: ['reach', 'external', 'loopback', 'refusal'],
  claims: {
    'external-refuses-loopback': { says: { answer: { outcome: 'ECONNREFUSED' }, received: { count: 0 } } },
  },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} external`, `${family} loopback`],
  async run(net, trial) {
    const refused = await serveAndAsk(trial, net, { on: 'external' }, { to: 'loopback' });
    const reply = await askAt(trial, net, { to: 'external' });
    return { ...refused, beside: { outcome: reply.outcome, milliseconds: reply.milliseconds } };
  },
  expect: {
    server: 'ok',
    answer: { outcome: 'ECONNREFUSED', by: null },
    received: { count: 0, from: [] },
    beside: { outcome: 'answered' },
  },
  known: 'observed',
  cite: [
    { source: 'man-connect', where: 'ERRORS, ECONNREFUSED' },
    { source: 'man-udp', where: 'Error handling' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
  holds: [
    { grounds: CLOSED_PORT },
    {
      grounds: [
        {
          on: ['gvisor'],
          known: 'source',
          cite: [{ source: 'gvisor', where: 'pkg/tcpip/transport/tcp/protocol.go, HandleUnknownDestinationPacket' }],
        },
      ],
      where: ({ protocol }) => protocol === 'tcp',
      expect: { answer: { outcome: 'ECONNREFUSED', by: null }, received: { count: 0, from: [] } },
    },
    { grounds: UNDER_WINE },
    { grounds: IN_GVISOR },
  ],
  differs: [
    {
      on: ['wine'],
      where: ({ protocol }) => protocol === 'tcp',
      expect: { answer: { outcome: 'WSAECONNREFUSED' } },
      because: 'A refusal has another name there.',
      known: 'observed',
      cite: [{ source: 'ms-errors', where: 'WSAECONNREFUSED' }],
    },
    {
      ...WINE_TAKES_ERRORS,
      where: ({ protocol }) => protocol === 'udp',
      expect: { answer: { outcome: { oneOf: ['silence', 'WSAECONNREFUSED'] } } },
      because: 'Wine’s server reads the error of an unreachable UDP port before the program does.',
    },
    {
      on: ['windows'],
      where: ({ protocol }) => protocol === 'tcp',
      expect: { answer: { outcome: 'WSAECONNREFUSED', by: null }, received: { count: 0, from: [] } },
      because: 'Windows asks a closed port again before it gives up, so that a refusal takes about two seconds.',
      known: 'reported',
      cite: [
        { source: 'libuv-2896', where: 'its description' },
        { source: 'ms-errors', where: 'WSAECONNREFUSED' },
      ],
    },
    {
      on: ['windows'],
      where: ({ protocol }) => protocol === 'udp',
      expect: { answer: { outcome: 'WSAECONNRESET', by: null }, received: { count: 0, from: [] } },
      because: 'Windows tells of an unreachable UDP port by a reset on the next receive.',
      known: 'vendor',
      cite: [{ source: 'ms-recv', where: 'Return value, WSAECONNRESET' }],
    },
  ],
});
