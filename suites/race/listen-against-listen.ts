import {
  addressOf,
  experiment,
  FAMILIES,
  open,
  raceSteps,
  racedPorts,
  refusalsIn,
} from '../../src/experiment/index.ts';

const ROUNDS = 300;

export default experiment({
  title: 'listen() against listen()',
  asks: 'Three processes have bound the same 300 ports with SO_REUSEADDR, and all of them listen at the same moment, and then again those that failed: how many sockets listen on each port, and in the end?',
  tags: ['race', 'conflict', 'listen', 'SO_REUSEADDR'],
  claims: {},
  axes: { name: ['loopback', 'wildcard'], family: FAMILIES },
  needs: ({ family }) => ['changeable network', `${family} loopback`],
  async run({ name, family }, trial) {
    const address = addressOf(trial.facts, family, name);
    const ports = racedPorts(ROUNDS);
    const racer = {
      before: (on: string, port: number) => [
        ...open(on, 'tcp', family, 1),
        { op: 'setsockopt', on, option: 'SO_REUSEADDR', value: 1 } as const,
        { op: 'bind', on, address, port } as const,
      ],
      raced: (on: string) => ({ op: 'listen', on }) as const,
    };
    const { outcomes, sockets } = await raceSteps(trial, [racer, racer, racer], ports);
    const listening = ports.map((_, at) => outcomes.filter((one) => one[at] === 'ok').length);
    const inTheEnd = [...listening];
    // One after the other: where no one listens, the first who asks again does.
    for (const [at, own] of sockets.entries()) {
      const failed = ports.map((_, port) => port).filter((port) => outcomes[at]?.[port] !== 'ok');
      const part = await trial.part(`racer ${at + 1}`);
      const results = await part.do(...failed.map((port) => ({ op: 'listen', on: own[port] ?? '' }) as const));
      for (const [index, port] of failed.entries()) {
        if (results[index]?.outcome === 'ok') inTheEnd[port] = (inTheEnd[port] ?? 0) + 1;
      }
    }
    return {
      most: Math.max(...listening),
      refusals: refusalsIn(outcomes.flat()),
      fewestInTheEnd: Math.min(...inTheEnd),
      mostInTheEnd: Math.max(...inTheEnd),
    };
  },
  // Each that listens at the same moment may find another there, so that no one gets the port.
  expect: { most: 1, refusals: 'EADDRINUSE', fewestInTheEnd: 1, mostInTheEnd: 1 },
  known: 'observed',
  cite: [{ source: 'linux-tcp-bind', where: 'inet_csk_listen_start' }],
});
