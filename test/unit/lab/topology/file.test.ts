import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BadTopology } from '../../../../src/lab/topology/bad-topology.ts';
import { readTopology } from '../../../../src/lab/topology/file.ts';
import { topologyOf } from '../../../../src/lab/topology/from-file.ts';
import { topologyJsonSchema } from '../../../../src/json-schemas/topology.ts';

const machine = { launch: ['ssh', 'a'] };
const neighbour = { launch: ['ssh', 'b'] };
const good = {
  hosts: { machine, neighbour },
  addresses: { inet: { external: '10.0.0.5', neighbour: '10.0.0.6' } },
};

function mistakes(topology: unknown): string[] {
  try {
    readTopology(typeof topology === 'string' ? topology : JSON.stringify(topology), 'lab.json');
  } catch (error) {
    if (error instanceof BadTopology) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a topology file', () => {
  it('is read with its addresses in their canonical form', () => {
    const read = readTopology(
      `\uFEFF${JSON.stringify({ ...good, addresses: { inet6: { external: 'FD00:0:0::5' } } })}`,
      'lab.json',
    );
    expect(read.addresses.inet6).toEqual({ external: 'fd00::5' });
  });

  it('becomes hosts with what starts an agent on each', () => {
    const agent = { node: '/opt/node', package: '/opt/bindspec/' };
    const topology = topologyOf(
      { ...good, hosts: { machine, neighbour: { ...neighbour, title: 'b', agent } } },
      'x.json',
    );
    expect(topology).toMatchObject({ lab: 'x.json', exclusive: false, externalInterface: null });
    expect(topology.hosts.machine).toMatchObject({ title: 'the machine', launch: ['ssh', 'a'] });
    expect(topology.hosts.machine.agent).toEqual([process.execPath, expect.stringMatching(/src\/agent\/start\.cjs$/)]);
    expect(topology.hosts.neighbour).toEqual({
      title: 'b',
      launch: ['ssh', 'b'],
      agent: ['/opt/node', '/opt/bindspec/dist/src/agent/start.cjs'],
    });
  });

  it.each<[unknown, string]>([
    ['', 'empty'],
    ['{ hosts', 'not JSON: '],
    [
      [],
      'the file must be an object, with the keys $schema, hosts, addresses, interface, secondInterface, exclusive, missing',
    ],
    [{ addresses: {} }, 'hosts must be an object, with the keys machine, neighbour, gateway'],
    [{ ...good, hosts: { neighbour } }, 'hosts.machine must be an object, with the keys title, launch, agent'],
    [{ ...good, adresses: {} }, "the file has no key 'adresses': there are $schema, hosts, addresses, "],
    [
      { ...good, hosts: { machine: { launch: 'ssh a' }, neighbour } },
      'hosts.machine.launch must be a list of words, such as ["ssh", "-T", "10.0.0.5"]',
    ],
    [{ ...good, hosts: { machine: { launch: ['ssh', 5] }, neighbour } }, 'hosts.machine.launch[1] must be text'],
    [{ ...good, hosts: { machine: { launch: [''] }, neighbour } }, 'hosts.machine.launch[0] must not be empty'],
    [{ ...good, exclusive: 'yes' }, 'exclusive must be true or false'],
    [
      { ...good, addresses: { inet: { exernal: '10.0.0.5' } } },
      "addresses.inet has no key 'exernal': there are external, ",
    ],
    [{ ...good, missing: { luck: 'none' } }, "missing has no key 'luck': there are neighbour, gateway, "],
    [
      { ...good, addresses: { inet: { external: '10.0.0' } } },
      "addresses.inet.external is '10.0.0', which is not an IPv4 address",
    ],
    [
      { ...good, addresses: { inet6: { external: '10.0.0.5' } } },
      "addresses.inet6.external is '10.0.0.5', which is not an IPv6 address",
    ],
    [
      { ...good, addresses: { inet: { external: '127.0.0.9' } } },
      'addresses.inet.external is 127.0.0.9, a loopback address',
    ],
    [
      { ...good, addresses: { inet6: { external: '0::0' } } },
      'addresses.inet6.external is ::, which stands for all addresses',
    ],
    [
      { ...good, addresses: { inet6: { external: 'fe80::1' } } },
      'addresses.inet6.external is fe80::1, a link-local address',
    ],
    [
      { ...good, addresses: { inet6: { external: 'fe80::1%eth0' } } },
      "addresses.inet6.external is 'fe80::1%eth0': an address with a scope",
    ],
    [
      { ...good, addresses: { inet6: { external: '::ffff:a00:5' } } },
      'addresses.inet6.external is ::ffff:10.0.0.5, an IPv4 address in another form',
    ],
    [
      { ...good, hosts: { machine } },
      'addresses.inet.neighbour is an address of the neighbour, which is not among the hosts',
    ],
    [
      { ...good, addresses: { inet: { external: '10.0.0.5', neighbour: '10.0.0.5' } } },
      'addresses.inet.neighbour is 10.0.0.5, and so is addresses.inet.external',
    ],
    [{ ...good, addresses: { inet: { 'second-external': '10.0.0.5' } } }, 'addresses.inet.external must be there'],
    [
      { ...good, addresses: { inet: { external: '10.0.0.5\u001B[31m' } } },
      String.raw`addresses.inet.external is '10.0.0.5\x1b[31m'`,
    ],
  ])('with a mistake says in one line where it is: %j', (topology, line) => {
    const found = mistakes(topology);
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith(`lab.json: ${line}`), found[0]).toBe(true);
  });

  it('with several mistakes tells all of them', () => {
    expect(mistakes({ hosts: { machine: {} }, addresses: { inet: 5 }, exclusive: 1 })).toHaveLength(3);
    expect(mistakes({ ...good, addresses: { inet: { external: '1.2', neighbour: '1.2.3.4.5' } } })).toHaveLength(2);
  });
});

describe('the published schema of topology files', () => {
  it('is up to date (npm run schemas)', () => {
    const file = new URL('../../../../schemas/topology.schema.json', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(topologyJsonSchema());
  });

  it('takes what is one, and nothing else', () => {
    const published = z.fromJSONSchema(JSON.parse(topologyJsonSchema()));
    expect(published.safeParse(good).success).toBe(true);
    expect(published.safeParse({ ...good, hosts: {} }).success).toBe(false);
  });
});
