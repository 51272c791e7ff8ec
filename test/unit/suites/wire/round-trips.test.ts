import { expect, test } from 'vitest';
import type { Part, Trial } from '../../../../src/experiment/trial.ts';
import type { Operation, Result } from '../../../../src/protocol/messages.ts';
import { ADDRESSES } from '../../../../src/lab/netns-topology.ts';
import experiment from '../../../../suites/wire/round-trips.ts';

/** How long an answer takes in a round, by the address that gets the question, in milliseconds. */
type Round = Readonly<Record<string, number>>;
const { loopback = '', external = '', neighbour = '' } = ADDRESSES.inet;
const ALIKE: Round = { [loopback]: 0.1, [external]: 0.1, [neighbour]: 0.11 };
const SLOWER: Round = { [loopback]: 0.2, [external]: 0.1, [neighbour]: 0.1 };

/** A trial whose answers take the time of their round. The number of clients so far shows which round it is. */
function trialOf(rounds: readonly Round[]): { trial: Trial; parts: string[] } {
  const parts: string[] = [];
  let port = 1060;
  const playing = new Map<string, Part>();
  const join = (name: string): Part => {
    const round = parts.filter((one) => one.startsWith('client')).length + (name.startsWith('client') ? 1 : 0);
    parts.push(name);
    const to = new Map<string, string>();
    let at = 0;
    const answer = (operation: Operation): Result => {
      if (operation.op === 'connect') to.set(operation.on, operation.address);
      const took = operation.op === 'recv' ? (rounds[round - 1]?.[to.get(operation.on) ?? ''] ?? 0) : 0;
      at += took;
      return { outcome: 'ok', at: at - took, took };
    };
    const all = (...operations: Operation[]) => Promise.resolve(operations.map(answer));
    return {
      name,
      host: 'machine',
      do: all,
      attempt: all,
      fresh: (prefix) => `${prefix}${at}`,
      kill: () => Promise.resolve(),
    };
  };
  const trial: Trial = {
    facts: {
      lab: 'x',
      hosts: {},
      addresses: ADDRESSES,
      missing: {},
      externalInterface: null,
      ownPorts: true,
      elsewhere: '',
    },
    port,
    patience: 300,
    connectPatience: 300,
    network: () => {
      throw new Error('it is not changed');
    },
    anotherPort: () => Promise.resolve((port += 1)),
    part(name) {
      const part = playing.get(name) ?? join(name);
      playing.set(name, part);
      return Promise.resolve(part);
    },
  };
  return { trial, parts };
}

const observe = async (rounds: readonly Round[]) => {
  const { trial, parts } = trialOf(rounds);
  const { againstNeighbour } = (await experiment.run({ family: 'inet' }, trial)) as { againstNeighbour: string };
  return { againstNeighbour, clients: parts.filter((name) => name.startsWith('client')).length };
};

test('one round is enough where loopback is not slower', async () => {
  expect(await observe([ALIKE, SLOWER])).toEqual({ againstNeighbour: 'alike', clients: 1 });
});

test('loopback that is slower in some rounds only, and with other processes not, is not slower', async () => {
  expect(await observe([SLOWER, SLOWER, SLOWER, ALIKE])).toEqual({ againstNeighbour: 'alike', clients: 4 });
});

test('loopback that is slower in every round is slower', async () => {
  expect(await observe(Array.from({ length: 9 }, () => SLOWER))).toEqual({ againstNeighbour: 'slower', clients: 5 });
});
