import {
  addressOf,
  experiment,
  FAMILIES,
  type Family,
  open,
  type Operation,
  packetCounters,
  type Part,
  type Trial,
} from '../../src/experiment/index.ts';

/** How many datagrams are sent each time. Stray packets of the network itself are less than one hundredth of that. */
const BURST = 200;

/** Sends a burst of datagrams and returns whether the counter of sent packets of the external interface moved with it. */
async function burst(trial: Trial, part: Part, family: Family, address: string): Promise<'still' | 'moved'> {
  const socket = part.fresh('client');
  const to = { address, port: trial.port };
  await part.attempt(...open(socket, 'udp', family, 1));
  const device = trial.facts.externalInterface ?? '';
  const before = await packetCounters(part, device);
  await part.do(...Array.from({ length: BURST }, (): Operation => ({ op: 'send', on: socket, data: 'x', to })));
  const after = await packetCounters(part, device);
  return after.sent - before.sent >= BURST ? 'moved' : after.sent - before.sent <= BURST / 10 ? 'still' : 'moved';
}

export default experiment({
  title: 'Whether loopback traffic leaves the machine',
  asks: "A burst of datagrams is sent to the loopback address, to the machine's own external address and to a neighbour: with which of them does the counter of the external interface move?",
  tags: ['wire', 'loopback', 'counters'],
  claims: { 'loopback-never-leaves': { says: { loopback: 'still' } } },
  axes: { family: FAMILIES },
  needs: ({ family }) => ['quiet interface', 'neighbour', `${family} neighbour`],
  async run({ family }, trial) {
    const client = await trial.part('client');
    const to = (kind: 'loopback' | 'external' | 'neighbour') =>
      burst(trial, client, family, addressOf(trial.facts, family, kind));
    return { loopback: await to('loopback'), ownExternal: await to('external'), neighbour: await to('neighbour') };
  },
  expect: { loopback: 'still', ownExternal: 'still', neighbour: 'moved' },
  known: 'observed',
  cite: [
    { source: 'rfc1122', where: '3.2.1.3 (g)' },
    { source: 'serve', where: 'on 127.0.0.1' },
  ],
});
