import { experiment, FAMILIES, QUESTIONS, roundTrips } from '../../src/experiment/index.ts';

export default experiment({
  title: 'Round trips over loopback, to the own external address and to a neighbour',
  asks: "How long does a question and its answer take over loopback, at the machine's own external address, and to a neighbour over the network, as medians, and in which order are they?",
  tags: ['wire', 'loopback', 'timing'],
  claims: { 'loopback-is-faster': { says: { againstNeighbour: { not: 'slower' } } } },
  axes: { family: FAMILIES },
  needs: ({ family }) => [`${family} external`, `${family} neighbour`, 'neighbour'],
  run: ({ family }, trial) => roundTrips(trial, family),
  // It judges only the order, with a margin: the speed of a machine says nothing about its conformance.
  expect: {
    answered: [QUESTIONS, QUESTIONS, QUESTIONS],
    againstNeighbour: { not: 'slower' },
  },
  known: 'observed',
  cite: [{ source: 'serve', where: 'on 127.0.0.1' }],
});
