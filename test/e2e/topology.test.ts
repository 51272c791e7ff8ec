import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRecord } from '../../src/load/read.ts';
import { bindspec, folder } from '../support/cli.ts';
import { noNamespaces } from '../support/namespace.ts';
import { noSshd, sshInto } from '../support/sshd.ts';
import { byNsenter, twoHosts, written } from '../support/topology.ts';
import { needs, notRoot } from '../support/needs.ts';
import { patient } from '../support/waiting.ts';

/** Cells of every kind: on loopback, across the network, of another user, of a program, and of counters. */
const SELECTED = [
  'conflict/another-user',
  'reach/external-from-neighbour',
  'refusal/across-a-network',
  'wire/loopback-stays',
  'programs/node-listen',
];

describe('a topology file', needs(noNamespaces), () => {
  test('of hosts that are entered by nsenter is a lab like the one it describes', async () => {
    const { topology } = await twoHosts(byNsenter);
    const record = await runIn(written(topology), ['run', ...SELECTED]);
    expect(record.cells.length).toBeGreaterThan(15);
    // Only root can start an agent as another user there.
    const asked = record.cells.filter(({ experiment }) => experiment !== 'conflict/another-user' || notRoot === null);
    expect(asked.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'differs')).toEqual([]);
    expect(record.lab).toMatchObject({ hosts: { neighbour: 'guinness' }, ownPorts: true, externalInterface: 'eth0' });
  });

  test('is a place for the matrix and for exploring', async () => {
    const { topology } = await twoHosts(byNsenter);
    const file = written(topology);
    const matrix = await bindspec([
      'matrix',
      '--lab',
      file,
      '--protocol',
      'udp',
      '--state',
      'bound',
      '--uid',
      'same',
      '--no-reports',
      '--format',
      'json',
    ]);
    expect(matrix.exitCode, matrix.stderr).toBe(0);
    expect(JSON.parse(matrix.stdout)).toMatchObject({ complete: true, lab: { lab: file } });
    const words = ['explore', '--lab', file, '--sequences', '100', '--jobs', '2', '--no-reports', '--format', 'json'];
    const explored = await bindspec(words);
    expect(explored.exitCode, explored.stderr).toBe(0);
    expect(JSON.parse(explored.stdout)).toMatchObject({ complete: true, lab: file });
  });

  test('names what its hosts lack, with the reason of the skips', async () => {
    const { topology } = await twoHosts(byNsenter);
    const { machine } = topology.hosts;
    const file = written({ ...topology, hosts: { machine }, addresses: {}, missing: { 'second user': 'not today' } });
    const record = await runIn(file, [
      'run',
      'conflict/another-user',
      'reach/external-from-neighbour',
      'conflict/reuse',
    ]);
    const reasons = new Set(record.cells.flatMap(({ reason }) => reason ?? []));
    expect(reasons).toEqual(
      new Set([
        'not today',
        `the ${file} lab has no IPv4 address of the kind 'external'`,
        `the ${file} lab has no IPv6 address of the kind 'external'`,
      ]),
    );
    expect(record.cells.some(({ verdict }) => verdict === 'pass')).toBe(true);
  });

  test('doctor meets its hosts and sends a datagram across', async () => {
    const { topology } = await twoHosts(byNsenter);
    const { exitCode, stdout } = await bindspec(['doctor', '--lab', written(topology)]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/machine \(the machine\): \w+ .*, node v.*, uid \d+\n.*neighbour \(guinness\)/);
    expect(stdout).toContain('✓ a datagram from 192.168.5.10 reaches 192.168.5.130\n');
    expect(stdout).toContain('✓ a datagram from fd00:5::10 reaches fd00:5::130\n');
    expect(stdout).toMatch(/cannot run: the .* lab has no gateway/);
  });

  test('with an address that its host does not have is reported in one line', async () => {
    const { topology } = await twoHosts(byNsenter);
    topology.addresses.inet6 = { external: 'fd00:5::130', neighbour: 'fd00:5::11' };
    const file = written(topology);
    const { exitCode, stdout, stderr } = await bindspec(['run', 'conflict/names', '--no-reports', '--lab', file]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toBe(
      `bindspec: the ${file} lab is not available: addresses.inet6.neighbour is fd00:5::11, which guinness can't bind: EADDRNOTAVAIL; name an address that guinness has`,
    );
  });

  test('whose host can not be reached is reported in one line', async () => {
    const { topology } = await twoHosts(byNsenter);
    topology.hosts.neighbour = { launch: ['sh', '-c', 'echo no route to pub >&2; exit 255'] };
    const { exitCode, stderr } = await bindspec(['doctor', '--lab', written(topology)]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^bindspec: the .* lab is not available: the agent on the neighbour ended with exit code 255: no route to pub; try it by hand; it must print a line of JSON: sh -c .*$/,
    );
  });

  test('names addresses by the interfaces that have them', async () => {
    const { topology } = await twoHosts(byNsenter);
    const both = { external: 'eth0', 'second-external': 'eth1', neighbour: 'eth0' };
    const file = written({ ...topology, addresses: { inet: both, inet6: both } });
    const { stdout } = await bindspec(['doctor', '--lab', file]);
    expect(stdout).toContain('external 192.168.5.130, second-external 192.168.6.130, neighbour 192.168.5.10\n');
    expect(stdout).toContain('external fd00:5::130, second-external fd00:6::130, neighbour fd00:5::10\n');
    const wrong = written({ ...topology, addresses: { inet: { external: 'eth0', 'second-external': 'eth0' } } });
    expect((await bindspec(['doctor', '--lab', wrong])).stderr).toMatch(
      /addresses\.inet\.second-external is 'eth0', but the machine has no IPv4 address left there; its interfaces are lo, eth0, eth1;/,
    );
  });

  test('of a bindspec that is not there names what was tried', async () => {
    const { topology } = await twoHosts(byNsenter);
    topology.hosts.machine = { launch: [], agent: { package: '/nowhere/bindspec/' } };
    topology.addresses = {};
    delete topology.hosts.neighbour;
    const { exitCode, stderr } = await bindspec(['run', '--no-reports', '--lab', written(topology)]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /the agent on the machine ended with exit code 1: Error: Cannot find module '\/nowhere\/bindspec\/dist\/src\/agent\/start\.cjs'.*; try it by hand.*$/,
    );
    expect(stderr.split('\n')).toHaveLength(1);
  });
});

describe('a topology file of hosts over ssh', needs(noNamespaces, noSshd), () => {
  test('is a lab like any other', async () => {
    const { lab, topology } = await twoHosts(byNsenter);
    for (const host of ['machine', 'neighbour'] as const) {
      topology.hosts[host] = { launch: await sshInto(lab.launch(host)) };
    }
    const record = await runIn(written(topology), ['run', ...SELECTED]);
    const other = record.cells.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'differs');
    expect(other.map(({ id, verdict, reason }) => ({ id, verdict, reason }))).toEqual([]);
  });
});

/** Runs a command in a topology, and returns the record that it wrote. */
async function runIn(file: string, words: readonly string[]) {
  const reports = folder();
  const { exitCode, stdout, stderr } = await bindspec([...words, ...patient(), '--lab', file, '--reports', reports]);
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
  const [, platform = ''] = /([\w.-]+)\/record\.json/.exec(stdout) ?? [];
  return readRecord(readFileSync(path.join(reports, platform, 'record.json'), 'utf8'), 'record.json');
}
