import { askBesideImpostor, experiment, FAMILIES } from '../../src/experiment/index.ts';

export default experiment({
  title: 'An impostor that answers before the server does',
  asks: "A UDP client has a socket that is connected to the server, or not; an impostor on another port, another address or another host sends to the client's port: does the client take it for an answer?",
  tags: ['filter', 'udp', 'security'],
  claims: {
    'connect-filters-replies': ({ connected }) => ({
      says: connected === 'yes' ? { received: ['server'] } : { received: ['impostor', 'server'] },
    }),
  },
  axes: { connected: ['yes', 'no'], impostor: ['other-port', 'other-address', 'other-host'], family: FAMILIES },
  needs: ({ impostor, family }) => [
    `${family} external`,
    ...(impostor === 'other-host' ? (['neighbour'] as const) : []),
    ...(impostor === 'other-address' ? [`${family} second-external` as const] : []),
  ],
  run: (disguise, trial) => askBesideImpostor(trial, disguise),
  expect: ({ connected }) => ({
    server: 'ok',
    sent: 'ok',
    received: connected === 'yes' ? ['server'] : ['impostor', 'server'],
    rest: 'silence',
  }),
  known: 'observed',
  cite: [
    { source: 'posix-connect', where: 'DESCRIPTION' },
    { source: 'erle', where: 'connecting UDP sockets' },
  ],
});
