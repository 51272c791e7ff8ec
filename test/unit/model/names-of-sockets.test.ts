import { describe, expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import type { Operation, Protocol, Setting, SystemName } from '../../../src/model/types.ts';
import { last, lastRule, parse } from './steps.ts';

describe('the FIB of a socket on FreeBSD', () => {
  const apart: Setting = { release: '15.0', host: { bindAllFibs: false } };
  const on = (protocol: Protocol, text: string, setting = apart) => last('freebsd', protocol, text, setting);

  test.each(['udp', 'tcp'] as const)(
    'a %s socket of another FIB is in the way only while binds count for all',
    (protocol) => {
      const text = '1 bind 0.0.0.0 -; 2 bind 0.0.0.0 - domain=1';
      expect(on(protocol, text)).toBe('ok');
      expect(lastRule('freebsd', protocol, text, apart)).toBe('fib');
      expect(on(protocol, text, { release: '15.0' })).toBe('EADDRINUSE');
      expect(on(protocol, text, { ...apart, release: '14.1' })).toBe('EADDRINUSE');
      expect(on(protocol, '1 bind 0.0.0.0 - domain=1; 2 bind 0.0.0.0 - domain=1')).toBe('EADDRINUSE');
    },
  );

  test('owners and the IPv4 part of a dual-stack name are compared in all', () => {
    expect(on('udp', '1 bind 0.0.0.0 P uid=7; 2 bind 127.0.0.1 P uid=8 domain=1')).toBe('EADDRINUSE');
    expect(on('udp', '1 bind 127.0.0.1 -; 2 bind :: dual domain=1')).toBe('EADDRINUSE');
    expect(on('udp', '1 bind ::1 v6only; 2 bind :: v6only domain=1')).toBe('ok');
  });

  test('TCP compares v4-mapped addresses in all, UDP does not', () => {
    const text = '1 bind 127.0.0.1 -; 2 bind ::ffff:127.0.0.1 dual domain=1';
    expect([on('tcp', text), on('udp', text)]).toEqual(['EADDRINUSE', 'ok']);
  });

  test('a port that the system chooses is one that no socket of any FIB has', () => {
    expect(on('udp', '1 bind 0.0.0.0 -; 2 bind 0.0.0.0 - domain=1 chosen')).toBe('EADDRINUSE');
    expect(on('udp', '1 bind ::1 v6only; 2 bind :: dual domain=1 chosen')).toBe('EADDRINUSE');
  });
});

describe('the routing domain of a socket on OpenBSD', () => {
  const host = { addresses: ['127.0.0.1', '10.0.0.1'], domains: { 0: ['127.0.0.1'], 1: ['10.0.0.1'] } };
  const on = (text: string, setting: Setting = {}) => last('openbsd', 'udp', text, setting);

  test('sockets of different domains never meet', () => {
    expect(on('1 bind 0.0.0.0 -; 2 bind 0.0.0.0 - domain=1')).toBe('ok');
    expect(lastRule('openbsd', 'udp', '1 bind 0.0.0.0 -; 2 bind 0.0.0.0 - domain=1')).toBe('rdomain');
    expect(on('1 bind 0.0.0.0 - domain=1; 2 bind 0.0.0.0 - domain=1')).toBe('EADDRINUSE');
    expect(on('1 bind 0.0.0.0 P uid=7; 2 bind 0.0.0.0 P uid=8 domain=1')).toBe('ok');
  });

  test('each has its own addresses', () => {
    expect(on('1 bind 10.0.0.1 domain=1', { host })).toBe('ok');
    expect(on('1 bind 10.0.0.1', { host })).toBe('EADDRNOTAVAIL');
    expect(on('1 bind 127.0.0.1 domain=1', { host })).toBe('EADDRNOTAVAIL');
    expect(on('1 bind 127.0.0.1 any domain=1', { host })).toBe('ok');
    expect(on('1 bind 0.0.0.0 domain=1', { host })).toBe('ok');
  });
});

describe('the ports that Linux chooses from', () => {
  const range = { host: { localPortRange: { from: 40_000, to: 49_999 } } };
  const chosen = (text: string, setting: Setting = range) =>
    last('linux', 'tcp', `1 bind 127.0.0.1 chosen ${text}`, setting);

  test.each([
    ['port=39999', 'EADDRINUSE'],
    ['port=40000', 'ok'],
    ['port=49999', 'ok'],
    ['port=50000', 'EADDRINUSE'],
    ['port=45000 range=45000-45000', 'ok'],
    ['port=45001 range=45000-45000', 'EADDRINUSE'],
    // An end outside of the machine's range is ignored.
    ['port=30000 range=30000-39999', 'EADDRINUSE'],
    ['port=41000 range=30000-39999', 'ok'],
    ['port=40000 range=0-40000', 'ok'],
    ['port=40001 range=0-40000', 'EADDRINUSE'],
    ['port=49998 range=49999-0', 'EADDRINUSE'],
    ['port=49999 range=49999-0', 'ok'],
  ])('%s: %s', (text, outcome) => {
    expect(chosen(text)).toBe(outcome);
  });

  test('kernels before 6.3 have no range of a socket, and without any range every port may be chosen', () => {
    expect(chosen('port=45001 range=45000-45000', { ...range, kernel: '6.2' })).toBe('ok');
    expect(chosen('port=8080', {})).toBe('ok');
    expect(chosen('port=8080 range=40000-40007', {})).toBe('EADDRINUSE');
  });

  test('with IP_BIND_ADDRESS_NO_PORT a bind takes no port, whoever has it', () => {
    const text = '1 bind 127.0.0.1 -; 2 bind 127.0.0.1 chosen address-only; 3 bind 192.0.2.1 chosen address-only';
    const setting = { host: { addresses: ['127.0.0.1'] } };
    expect(last('linux', 'udp', text.slice(0, text.lastIndexOf(';')), setting)).toBe('ok');
    expect(last('linux', 'udp', text, setting)).toBe('EADDRNOTAVAIL');
    // Where there is no such option, it is a bind to port 0.
    expect(last('freebsd', 'udp', '1 bind 127.0.0.1 -; 2 bind 127.0.0.1 chosen address-only')).toBe('EADDRINUSE');
  });
});

/** What getsockname() returns for socket 1 after these steps. */
function nameAfter(system: SystemName, text: string, setting: Setting = {}): string | undefined {
  let port = models[system].simulate(setting);
  for (const step of text.split(';')) port = port.step(parse(step.trim(), 'udp')).after;
  const name = port.sockname(1);
  return name === undefined ? undefined : `${name.address} ${name.port}`;
}

describe('getsockname', () => {
  test.each([
    ['linux', '1 bind 0.0.0.0', '0.0.0.0 8080'],
    ['linux', '1 bind 0.0.0.0; 1 connect 127.0.0.1', '127.0.0.1 8080'],
    ['linux', '1 bind 0.0.0.0; 1 connect 127.0.0.1; 1 disconnect', '0.0.0.0 8080'],
    ['linux', '1 bind :: dual; 1 connect 127.0.0.1', '::ffff:127.0.0.1 8080'],
    ['linux', '1 bind :: dual; 1 connect ::1; 1 disconnect', ':: 8080'],
    ['linux', '1 autobind 127.0.0.1 0.0.0.0; 1 disconnect', undefined],
    ['openbsd', '1 bind 127.0.0.1; 1 connect; 1 disconnect', '0.0.0.0 8080'],
    ['netbsd', '1 bind 127.0.0.1; 1 connect; 1 disconnect', '0.0.0.0 8080'],
    ['gvisor', '1 bind 127.0.0.1; 1 connect; 1 disconnect', '127.0.0.1 8080'],
  ] as const)('%s: %s', (system, text, name) => {
    expect(nameAfter(system, text)).toBe(name);
  });

  test('releases that differ are not known', () => {
    const text = '1 bind 127.0.0.1; 1 connect; 1 disconnect';
    expect(nameAfter('freebsd', text)).toBe(undefined);
    expect(nameAfter('freebsd', text, { release: '14.3' })).toBe('0.0.0.0 8080');
    expect(nameAfter('freebsd', text, { release: '15.0' })).toBe('127.0.0.1 8080');
  });

  test('a socket that is not there has none', () => {
    expect(models.linux.simulate().sockname(1)).toBe(undefined);
  });
});

describe('an operation that no simulation takes', () => {
  const bind = { op: 'bind', socket: 1, protocol: 'udp', family: 'inet', address: '0.0.0.0', port: 53 } as const;
  test.each([
    [{ op: 'rebind', socket: 1 }, /^no such operation: 'rebind'; there are bind, listen, /],
    [{ op: 'listen' }, /^listen: 'socket' is the number of a socket, not nothing$/],
    [{ op: 'listen', socket: 3 }, /^listen: socket 3 is not on the port; bind it first, or give its name as 'as'$/],
    [{ op: 'close', socket: 3 }, /^close: socket 3 is not on the port; bind it first$/],
    [{ ...bind, protocol: 'sctp' }, /^bind: 'protocol' is udp or tcp, not "sctp"$/],
    [{ ...bind, family: 'AF_INET' }, /^bind: 'family' is inet or inet6, not "AF_INET"$/],
    [{ ...bind, address: '::1' }, /^bind: 'address' is an address of the family inet, not "::1"$/],
    [{ ...bind, port: 70_000 }, /^bind: 'port' is a number from 0 to 65535, not 70000$/],
    [{ op: 'connect', socket: 1, as: { ...bind, port: '53' } }, /^connect: 'as': 'port' is a number .*, not "53"$/],
    [
      { op: 'accept', socket: 2, local: '127.0.0.1' },
      /^accept: 'listener' is the number of the listening socket, not nothing$/,
    ],
    [
      { op: 'connect', socket: 1, to: { address: '127.0.0.1' } },
      /^connect: 'to' has an address and a port from 0 to 65535, /,
    ],
  ])('%j', (operation, message) => {
    const step = () => models.linux.simulate().step(operation as unknown as Operation);
    expect(step).toThrow(RangeError);
    expect(step).toThrow(message);
  });

  test('a socket of another port or protocol', () => {
    const { after } = models.freebsd.simulate().step(bind);
    const other = (change: object) => () => after.step({ ...bind, socket: 2, ...change });
    expect(other({ port: 54 })).toThrow('bind: this simulation is of udp port 53; udp port 54 needs one of its own');
    expect(other({ protocol: 'tcp' })).toThrow(
      'bind: this simulation is of udp port 53; tcp port 53 needs one of its own',
    );
    expect(other({ port: 0, chosen: true })).not.toThrow();
  });
});
