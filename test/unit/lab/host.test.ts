import type os from 'node:os';
import { describe, expect, it } from 'vitest';
import { hostFacts } from '../../../src/lab/host.ts';
import type { LabFacts } from '../../../src/lab/lab.ts';
import { firstMissing } from '../../../src/lab/missing.ts';

const v4 = (address: string, internal = false): os.NetworkInterfaceInfo => ({
  address,
  netmask: '255.255.255.0',
  family: 'IPv4',
  mac: '00:00:00:00:00:00',
  internal,
  cidr: `${address}/24`,
});
const v6 = (address: string, internal = false): os.NetworkInterfaceInfo => ({
  address,
  netmask: 'ffff:ffff:ffff:ffff::',
  family: 'IPv6',
  mac: '00:00:00:00:00:00',
  internal,
  cidr: `${address}/64`,
  scopeid: 0,
});
const lo = [v4('127.0.0.1', true), v6('::1', true)];

describe('what the host lab offers', () => {
  it('one external address of each family', () => {
    const facts = hostFacts({ lo, eth0: [v4('10.0.0.5'), v6('2001:db8::5')] }, true);
    expect(facts).toMatchObject({
      lab: 'host',
      hosts: { machine: 'this machine' },
      ownPorts: false,
      externalInterface: null,
    });
    expect(facts.addresses).toEqual({
      inet: { wildcard: '0.0.0.0', loopback: '127.0.0.1', 'second-loopback': '127.0.0.2', external: '10.0.0.5' },
      inet6: { wildcard: '::', loopback: '::1', external: '2001:db8::5' },
    });
    expect(Object.keys(facts.missing).toSorted()).toEqual([
      'gateway',
      'isolated network',
      'neighbour',
      'quiet interface',
    ]);
  });

  it('the first two of several, across interfaces', () => {
    const facts = hostFacts(
      { lo, a: [v4('10.0.0.5')], b: [v4('10.1.0.5'), v6('fd00::1')], c: [v4('10.2.0.5'), v6('fd00::2')] },
      true,
    );
    expect(facts.addresses.inet).toMatchObject({ external: '10.0.0.5', 'second-external': '10.1.0.5' });
    expect(facts.addresses.inet6).toMatchObject({ external: 'fd00::1', 'second-external': 'fd00::2' });
  });

  it('all of 127.0.0.0/8 where the system has it, or where its addresses were configured', () => {
    const missing = (system: string, ...more: string[]) =>
      hostFacts({ lo: [...lo, ...more.map((one) => v4(one, true))] }, true, { system }).missing;
    expect(missing('linux')).not.toHaveProperty('loopback network');
    expect(missing('win32')).not.toHaveProperty('loopback network');
    expect(missing('darwin')['loopback network']?.enable).toContain('sudo ifconfig lo0 inet 127.0.0.$n');
    expect(missing('openbsd')['loopback network']?.enable).toContain('doas ifconfig lo0 inet 127.0.0.$n');
    const aliases = Array.from({ length: 15 }, (_, index) => `127.0.0.${index + 2}`);
    expect(missing('freebsd', ...aliases.slice(1))).toHaveProperty('loopback network');
    expect(missing('freebsd', ...aliases)).not.toHaveProperty('loopback network');
    // Where it is not configured, it is not an address of the machine.
    const loopbacks = (...more: string[]) =>
      hostFacts({ lo: [...lo, ...more.map((one) => v4(one, true))] }, true, { system: 'darwin' }).addresses.inet;
    expect(loopbacks()).not.toHaveProperty('second-loopback');
    expect(loopbacks('127.0.0.2')).toHaveProperty('second-loopback', '127.0.0.2');
  });

  it('no link-local address, which needs a scope or a lease', () => {
    const facts = hostFacts(
      { lo, eth0: [v4('169.254.3.4'), v6('fe80::1'), v6('FE80::2'), v6('fe9f::1'), v6('febf::1'), v6('fec0::1')] },
      true,
    );
    expect(facts.addresses.inet).not.toHaveProperty('external');
    expect(facts.addresses.inet6).toMatchObject({ external: 'fec0::1' });
    expect(facts.addresses.inet6).not.toHaveProperty('second-external');
  });

  it('nothing external where there is only loopback, and no second loopback as an external address', () => {
    const facts = hostFacts({ lo: [...lo, v4('127.0.1.1', true)], none: undefined }, true);
    expect(facts.addresses.inet).toEqual({
      wildcard: '0.0.0.0',
      loopback: '127.0.0.1',
      'second-loopback': '127.0.0.2',
    });
    expect(facts.addresses.inet6).toEqual({ wildcard: '::', loopback: '::1' });
  });

  it('no IPv6 where the machine has none', () => {
    const facts = hostFacts({ lo: [v4('127.0.0.1', true)], eth0: [v4('10.0.0.5')] }, true);
    expect(facts.addresses.inet6).toEqual({});
    // The list that all labs share has not been changed.
    expect(hostFacts({ lo }, true).addresses.inet6).toEqual({ wildcard: '::', loopback: '::1' });
  });

  it('a second user only to root', () => {
    expect(hostFacts({ lo }, true).missing).not.toHaveProperty('second user');
    expect(hostFacts({ lo }, false).missing['second user']).toMatchObject({ enable: 'sudo npx bindspec run' });
  });
});

describe('the first need that is not met', () => {
  const facts: LabFacts = {
    ...hostFacts({ lo: [v4('127.0.0.1', true)] }, false),
    missing: { neighbour: { reason: 'no one is there', enable: 'make friends' } },
  };
  const programs = (name: string) => name === 'python3';

  it('is none when all are', () => {
    expect(firstMissing(facts, [], programs)).toBeNull();
    expect(firstMissing(facts, ['inet loopback', 'second user', 'program python3'], programs)).toBeNull();
  });

  it.each([
    [['inet loopback', 'neighbour', 'program nginx'], { reason: 'no one is there', enable: 'make friends' }],
    [['program nginx'], { reason: 'nginx is not installed', enable: 'apt-get install nginx' }],
    [
      ['inet external'],
      { reason: "the host lab has no IPv4 address of the kind 'external'", enable: 'npx bindspec run --lab netns' },
    ],
    [
      ['inet6 loopback'],
      { reason: "the host lab has no IPv6 address of the kind 'loopback'", enable: 'npx bindspec run --lab netns' },
    ],
  ] as const)('of %j', (needs, expected) => {
    expect(firstMissing(facts, needs, programs)).toEqual(expected);
  });
});
