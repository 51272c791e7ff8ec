import { describe, expect, it } from 'vitest';
import { settingsHere } from '../../../src/cli/explain-settings.ts';
import { explain } from '../../../src/explain/explain.ts';
import { readSettings } from '../../../src/explain/reader/settings.ts';

const socket = (port: number, uid?: number) => ({
  protocol: 'tcp' as const,
  family: 'inet' as const,
  address: '0.0.0.0',
  port,
  ...(uid === undefined ? {} : { uid }),
});
const PORTS = { from: 32_768, to: 60_999, reserved: '' };

describe('what of a machine counts for the answer', () => {
  it('has the settings that are not the usual ones, VRFs among them', () => {
    const host = { bindv6only: true, unprivilegedPortStart: 80, vrfs: { red: ['eth1', 'eth2'], empty: [] } };
    const told = settingsHere({ setting: { host }, privileged: {} }, socket(8080), PORTS);
    expect(told).toEqual(['net.ipv6.bindv6only=1', 'net.ipv4.ip_unprivileged_port_start=80', 'vrf=red:eth1,eth2']);
    expect(readSettings(told).hosts.linux?.vrfs).toEqual({ red: ['eth1', 'eth2'] });
  });

  it.each([
    ['a low port without the capability', socket(80), false, ['privileged=0']],
    ['a low port with it', socket(80), true, []],
    ['a low port where it is not known', socket(80), undefined, []],
    ['a low port of a user who was named', socket(80, 7), false, []],
    ['a port that needs none', socket(8080), false, []],
    ['port 0, which needs none', socket(0), false, ['net.ipv4.ip_local_port_range=32768-60999']],
  ])('%s', (_, asked, may, expected) => {
    const privileged = may === undefined ? {} : { 1: may };
    expect(settingsHere({ setting: {}, privileged }, asked, PORTS)).toEqual(expected);
  });

  it('has the ports that the system chooses only where the socket asks for one of them', () => {
    const of = (port: number, ports: typeof PORTS | null) =>
      settingsHere({ setting: {}, privileged: {} }, socket(port), ports);
    expect([of(32_767, PORTS), of(61_000, PORTS), of(40_000, null)]).toEqual([[], [], []]);
    expect(of(32_768, { ...PORTS, reserved: '40000,41000-41010' })).toEqual([
      'net.ipv4.ip_local_port_range=32768-60999',
      'net.ipv4.ip_local_reserved_ports=40000,41000-41010',
    ]);
  });
});

describe('what these ports mean for a socket is said of it', () => {
  const notes = (port: number, ...setting: string[]) =>
    explain([`tcp 0.0.0.0:${port}`], { settings: readSettings(setting) })
      .sockets[0]?.notes.filter((note) => note.includes('ip_local'))
      .join();
  const range = 'ip_local_port_range=32768-60999';
  const reserved = 'ip_local_reserved_ports=8080,40000,41000-41010';

  it('port 0 comes from the range, without the reserved ones', () => {
    expect(notes(0)).toBe('');
    expect(notes(0, range)).toBe('Linux chooses from net.ipv4.ip_local_port_range (32768-60999)');
    expect(notes(0, range, reserved)).toMatch(/, without net\.ipv4\.ip_local_reserved_ports \(40000,41000-41010\)$/);
  });

  it('an outgoing connection may have a port in it, unless it is reserved', () => {
    expect(notes(32_767, range)).toBe('');
    expect(notes(40_001, range, reserved)).toMatch(/an outgoing connection may have port 40001 first/);
    expect(notes(41_003, range, reserved)).toMatch(/no outgoing connection gets port 41003/);
  });
});
