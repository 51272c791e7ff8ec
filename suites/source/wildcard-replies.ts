import {
  addressOf,
  answerer,
  experiment,
  FAMILIES,
  kindOf,
  open,
  outcomeOf,
  REQUEST,
  serveOn,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'The address from which a wildcard server answers',
  asks: "A UDP server binds the wildcard and simply answers whoever asked; a neighbour that does not connect its socket asks the machine's second address: from which address does the answer come?",
  tags: ['source', 'wildcard', 'udp', 'neighbour'],
  claims: {},
  axes: { family: FAMILIES },
  needs: ({ family }) => ['neighbour', `${family} second-external`, 'routed second address'],
  async run({ family }, trial) {
    const server = await serveOn(trial, { protocol: 'udp', family }, 'server', 'wildcard');
    const client = await trial.part('client', { host: 'neighbour' });
    const socket = client.fresh('client');
    const to = { address: addressOf(trial.facts, family, 'second-external'), port: trial.port };
    const results = await client.do(
      ...open(socket, 'udp', family, 1),
      { op: 'send', on: socket, data: REQUEST, to },
      { op: 'recv', on: socket, within: trial.patience },
    );
    const answer = results.at(-1);
    return {
      server: server.outcome,
      outcome: outcomeOf(answer),
      by: answerer(answer?.data),
      asked: 'second-external',
      answeredFrom: answer?.from ? kindOf(trial.facts, answer.from.address) : null,
    };
  },
  // The answer leaves from the address that the route back to the neighbour chooses, not from the one that was asked.
  expect: { server: 'ok', outcome: 'ok', by: 'server', answeredFrom: 'external' },
  known: 'observed',
  cite: [{ source: 'rfc1122', where: '4.1.3.5' }],
});
