import { expect, test } from 'vitest';
import { pairOf } from '../../../src/experiment/planned.ts';
import { serveAll } from '../../../src/experiment/scenes.ts';
import type { Operation, Trial } from '../../../src/experiment/trial.ts';
import { FIXED_ADDRESSES } from '../../../src/lab/addresses.ts';

/** A trial whose parts write down the operations that they get, and answer what the test says. */
function trialWith(answer: (operation: Operation) => string) {
  const told: string[] = [];
  let port = 1060;
  const trial: Trial = {
    facts: {
      lab: 'none',
      hosts: {},
      addresses: FIXED_ADDRESSES,
      missing: {},
      externalInterface: null,
      ownPorts: true,
      elsewhere: '',
    },
    port,
    patience: 1,
    connectPatience: 1,
    network: () => {
      throw new Error('it is not changed');
    },
    anotherPort: async () => (port += 1),
    part: async (name, { otherUser = false } = {}) => ({
      name,
      host: 'machine',
      fresh: (prefix) => prefix,
      kill: async () => undefined,
      do: async () => [],
      attempt: async (...operations) => {
        const results = [];
        for (const operation of operations) {
          const outcome = answer(operation);
          if (operation.op === 'bind')
            told.push(`${name}${otherUser ? '*' : ''} ${operation.address}:${operation.port}`);
          results.push({ outcome, at: 0, took: 0 });
          if (outcome !== 'ok') break;
        }
        return results;
      },
    }),
  };
  return { trial, told };
}

const net = { protocol: 'tcp', family: 'inet' } as const;
const two = [
  { ...net, as: 'first', on: 'loopback', options: ['SO_REUSEPORT'] },
  { ...net, as: 'second', on: 'wildcard', otherUser: true },
] as const;

test('planned sockets are bound in order, each by its part, as its user, on the port of its number', async () => {
  const { trial, told } = trialWith(() => 'ok');
  const servers = await serveAll(trial, [...two, { ...two[0], port: 1 }, { ...two[1], port: 1 }]);
  expect(told).toEqual([
    'first 127.0.0.1:1060',
    'second* 0.0.0.0:1060',
    'first 127.0.0.1:1061',
    'second* 0.0.0.0:1061',
  ]);
  expect(pairOf(servers)).toEqual({ first: 'ok', second: 'ok', call: 'listen' });
});

test('an option that the system does not have is the outcome of the socket, and setsockopt the call', async () => {
  const { trial, told } = trialWith((operation) => (operation.op === 'setsockopt' ? 'not available here' : 'ok'));
  const [first, second] = await serveAll(trial, two);
  expect(first).toMatchObject({ outcome: 'not available here', call: 'setsockopt' });
  expect(second).toMatchObject({ outcome: 'ok', call: 'listen' });
  expect(told).toEqual(['second* 0.0.0.0:1060']);
});

test('a refused bind is reported as that, and a socket that can not even be opened is an error of the harness', async () => {
  const refused = trialWith((operation) => (operation.op === 'bind' ? 'EADDRINUSE' : 'ok'));
  expect(await serveAll(refused.trial, two)).toMatchObject([{ call: 'bind' }, { outcome: 'EADDRINUSE', call: 'bind' }]);
  const poor = trialWith((operation) => (operation.op === 'socket' ? 'EMFILE' : 'ok'));
  await expect(serveAll(poor.trial, two)).rejects.toThrow('first could not be prepared: socket returned EMFILE');
});
test.each([{ device: 'lo' }, { staysBound: true }, { afterwards: [{ op: 'disconnect' }] }] as const)(
  'a socket with %o is refused where all are servers, and nothing is bound',
  async (more) => {
    await expect(
      serveAll({} as Trial, [{ as: 'first', protocol: 'udp', family: 'inet', on: 'loopback', ...more }]),
    ).rejects.toThrow('play the sockets with bindAll');
  },
);
