import {
  addressOf,
  experiment,
  FAMILIES,
  open,
  PROTOCOLS,
  raceSteps,
  refusalsIn,
  racedPorts,
} from '../../src/experiment/index.ts';

const ROUNDS = 400;

export default experiment({
  title: 'bind() against close()',
  asks: 'A process closes 400 sockets, listening where they are TCP, while another binds their ports in the same order, and then binds again those that it did not get: which errors does it get, and has it all ports in the end?',
  tags: ['race', 'conflict', 'life'],
  claims: {},
  axes: { name: ['loopback', 'wildcard'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => ['changeable network', `${family} loopback`],
  async run({ name, protocol, family }, trial) {
    const address = addressOf(trial.facts, family, name);
    const bind = (on: string, port: number) => ({ op: 'bind', on, address, port }) as const;
    const ports = racedPorts(ROUNDS);
    const { outcomes, sockets } = await raceSteps(
      trial,
      [
        {
          before: (on, port) => [
            ...open(on, protocol, family, 1),
            bind(on, port),
            ...(protocol === 'tcp' ? [{ op: 'listen', on } as const] : []),
          ],
          raced: (on) => ({ op: 'close', on }),
        },
        { before: (on) => open(on, protocol, family, 1), raced: bind },
      ],
      ports,
    );
    const [closed = [], bound = []] = outcomes;
    const binder = await trial.part('racer 2');
    const left = ports.flatMap((port, at) => (bound[at] === 'ok' ? [] : [bind(sockets[1]?.[at] ?? '', port)]));
    const again = left.length === 0 ? [] : await binder.do(...left);
    return {
      closed: refusalsIn(closed),
      refusals: refusalsIn(bound),
      inTheEnd: ports.length - left.length + again.filter(({ outcome }) => outcome === 'ok').length,
    };
  },
  // How many binds come too early is chance, and may be none.
  expect: { closed: 'none', refusals: { oneOf: ['none', 'EADDRINUSE'] }, inTheEnd: ROUNDS },
  known: 'observed',
  cite: [{ source: 'posix-bind', where: 'ERRORS, EADDRINUSE' }],
});
