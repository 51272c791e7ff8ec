import {
  addressOf,
  askPersistently,
  experiment,
  FAMILIES,
  FIRST_WAIT,
  requestsAt,
  serveOn,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'A client that asks again, and a server that drops requests',
  asks: 'A UDP server takes the first requests without answering; does a client that waits 0.1 s and then twice as long each time get its answer, and how often does it ask?',
  tags: ['refusal', 'udp', 'retry'],
  claims: {
    'udp-may-drop': ({ dropped }) => ({ says: { outcome: 'answered', tries: Number(dropped) + 1 } }),
  },
  axes: { dropped: ['0', '1', '2'], family: FAMILIES },
  needs: ({ family }) => [`${family} external`, 'neighbour'],
  waits: ({ dropped }) => dropped !== '0',
  async run({ dropped, family }, trial) {
    const drop = Array.from({ length: Number(dropped) }, () => true);
    const server = await serveOn(trial, { protocol: 'udp', family }, 'server', 'external', { drop });
    const client = await trial.part('client', { host: 'neighbour' });
    const result = await askPersistently(trial, client, family, addressOf(trial.facts, family, 'external'));
    return { server: server.outcome, ...result, requests: (await requestsAt(trial, server)).count };
  },
  expect: ({ dropped }) => {
    const tries = Number(dropped) + 1;
    return {
      server: 'ok',
      outcome: 'answered',
      by: 'server',
      tries,
      waits: Array.from({ length: tries }, (_, index) => FIRST_WAIT * 2 ** index),
      requests: tries,
    };
  },
  known: 'observed',
  cite: [
    { source: 'fpnp', where: 'pp. 30-31' },
    { source: 'erle', where: 'the example client' },
  ],
});
