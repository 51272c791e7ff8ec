import { describe, expect, test } from 'vitest';
import { models } from '../../../../src/model/index.ts';
import { receive, SETTING } from './sets.ts';

describe('the routing domain in which a packet arrives, on OpenBSD', () => {
  const on = (protocol: 'udp' | 'tcp', steps: string, sent: string, setting = SETTING) =>
    receive('openbsd', protocol, steps, sent, setting);

  test('each domain has a socket of its own on one wildcard', () => {
    const steps = 'bind 0.0.0.0; bind 0.0.0.0 domain=1';
    expect(on('udp', steps, '10.0.0.1')).toEqual([[0]]);
    expect(on('udp', steps, '10.0.0.1 in 1')).toEqual([[1]]);
    expect(on('udp', steps, '10.0.0.1 in 2')).toEqual(['refused']);
  });

  test('a connected one, a listener and a group are looked for in that domain too', () => {
    expect(on('udp', 'bind ext1 domain=1; 0 connect X ext1', '10.0.0.1')).toEqual(['refused']);
    expect(on('udp', 'bind ext1 domain=1; 0 connect X ext1', '10.0.0.1 in 1')).toEqual([[0]]);
    expect(on('tcp', 'bind ext1 domain=1; 0 listen', '10.0.0.1')).toEqual(['refused']);
    expect(on('udp', 'bind 0.0.0.0 P; bind 0.0.0.0 P domain=1', '239.1.2.3 from neighbour in 1')).toEqual([[1]]);
  });

  test('the setting says which domain has the destination', () => {
    const host = { ...SETTING.host, domains: { 0: ['127.0.0.1'], 1: ['10.0.0.1'] } };
    expect(on('udp', 'bind 0.0.0.0; bind 0.0.0.0 domain=1', '10.0.0.1', { host })).toEqual([[1]]);
    expect(on('udp', 'bind 0.0.0.0; bind 0.0.0.0 domain=1', '127.0.0.1', { host })).toEqual([[0]]);
  });
});

describe('the FIB by which a packet comes, on FreeBSD', () => {
  const host = { ...SETTING.host, bindAllFibs: false };
  const on = (steps: string, sent: string, setting = { host, release: '15.0' }) =>
    receive('freebsd', 'udp', steps, sent, setting);

  test('where binds are of one FIB, a socket without a peer takes what comes by its own', () => {
    const steps = 'bind 0.0.0.0; bind 0.0.0.0 domain=1';
    expect(on(steps, '10.0.0.1')).toEqual([[0]]);
    expect(on(steps, '10.0.0.1 in 1')).toEqual([[1]]);
    expect(on(steps, '10.0.0.1 in 2')).toEqual(['refused']);
  });

  test('by default, and before 14.3, a FIB does not matter', () => {
    const steps = 'bind 0.0.0.0 domain=1';
    expect(on(steps, '10.0.0.1', { host: { ...SETTING.host, bindAllFibs: true }, release: '15.0' })).toEqual([[0]]);
    expect(on(steps, '10.0.0.1', { host, release: '14.1' })).toEqual([[0]]);
  });

  test('a connected socket takes what comes by any', () => {
    expect(on('bind ext1 domain=1; 0 connect X ext1', '10.0.0.1')).toEqual([[0]]);
  });

  test('a group of the FIB is taken, and else one of another', () => {
    const steps = 'bind ext1 L; bind ext1 L domain=1; bind ext1 L domain=1';
    expect(on(steps, '10.0.0.1')).toEqual([[0]]);
    expect(on(steps, '10.0.0.1 in 1')).toEqual([[1], [2]]);
    expect(on(steps, '10.0.0.1 in 2')).toEqual([[1], [2]]);
  });

  test('a multicast of IPv4 goes to the sockets of its FIB, and one of IPv6 to all', () => {
    const steps = 'bind 0.0.0.0 P; bind 0.0.0.0 P domain=1; 0 join 239.1.2.3 veth; 1 join 239.1.2.3 veth';
    expect(on(steps, '239.1.2.3 from neighbour')).toEqual([[0]]);
    expect(on(steps, '239.1.2.3 from neighbour in 1')).toEqual([[1]]);
    const six = 'bind :: v6only P; bind :: v6only P domain=1; 0 join ff05::5 veth; 1 join ff05::5 veth';
    expect(on(six, 'ff05::5 from neighbour6')).toEqual([[0, 1]]);
  });

  test('the rule says where the FIB decided', () => {
    const port = models.freebsd
      .simulate({ host, release: '15.0' })
      .step(
        { op: 'bind', socket: 1, protocol: 'udp', family: 'inet', address: '0.0.0.0', port: 53, domain: 1 },
        'ok',
      ).after;
    const packet = { protocol: 'udp', from: { address: '10.0.0.9', port: 1 }, to: { address: '10.0.0.1' } } as const;
    expect(port.receivers(packet)).toEqual({ outcomes: ['refused'], rule: 'freebsd/R7-fib' });
    expect(port.receivers({ ...packet, domain: 1 })).toEqual({ outcomes: [[1]], rule: 'freebsd/R3-newest' });
  });
});
