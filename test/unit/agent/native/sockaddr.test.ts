import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIPv4, formatIPv6 } from '../../../../src/protocol/address.ts';
import { constantsFor } from '../../../../src/agent/native/constants.ts';
import {
  decodeSockaddr,
  encodeSockaddr,
  encodeUnspecified,
  SOCKADDR_ROOM,
  type SockaddrLayout,
} from '../../../../src/agent/native/sockaddr.ts';
import type { SocketName } from '../../../../src/protocol/messages.ts';

const LAYOUTS: Record<string, SockaddrLayout> = {
  linux: { lengthByte: false, AF_INET: 2, AF_INET6: 10 },
  windows: { lengthByte: false, AF_INET: 2, AF_INET6: 23 },
  darwin: { lengthByte: true, AF_INET: 2, AF_INET6: 30 },
  freebsd: { lengthByte: true, AF_INET: 2, AF_INET6: 28 },
  openbsd: { lengthByte: true, AF_INET: 2, AF_INET6: 24 },
  netbsd: { lengthByte: true, AF_INET: 2, AF_INET6: 24 },
};
const systems = Object.entries(LAYOUTS);

/** 192.168.5.130 port 1060 and fd00:5::130 port 1060 with scope 3, as the headers of each system lay them out. */
const KNOWN_BYTES: Record<string, { inet: string; inet6: string }> = {
  linux: {
    inet: '0200 0424 c0a80582 0000000000000000',
    inet6: '0a00 0424 00000000 fd000005000000000000000000000130 03000000',
  },
  windows: {
    inet: '0200 0424 c0a80582 0000000000000000',
    inet6: '1700 0424 00000000 fd000005000000000000000000000130 03000000',
  },
  darwin: {
    inet: '1002 0424 c0a80582 0000000000000000',
    inet6: '1c1e 0424 00000000 fd000005000000000000000000000130 03000000',
  },
  freebsd: {
    inet: '1002 0424 c0a80582 0000000000000000',
    inet6: '1c1c 0424 00000000 fd000005000000000000000000000130 03000000',
  },
  openbsd: {
    inet: '1002 0424 c0a80582 0000000000000000',
    inet6: '1c18 0424 00000000 fd000005000000000000000000000130 03000000',
  },
  netbsd: {
    inet: '1002 0424 c0a80582 0000000000000000',
    inet6: '1c18 0424 00000000 fd000005000000000000000000000130 03000000',
  },
};
const fromHex = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe.each(systems)('sockaddr on %s', (system, layout) => {
  const known = KNOWN_BYTES[system] ?? { inet: '', inet6: '' };
  const inet: SocketName = { address: '192.168.5.130', port: 1060 };
  const inet6: SocketName = { address: 'fd00:5::130', port: 1060, scope: 3 };

  it('writes the known bytes', () => {
    expect(encodeSockaddr(layout, 'inet', inet)).toEqual(fromHex(known.inet));
    expect(encodeSockaddr(layout, 'inet6', inet6)).toEqual(fromHex(known.inet6));
  });

  it('reads the known bytes', () => {
    expect(decodeSockaddr(layout, fromHex(known.inet), 16)).toEqual(inet);
    expect(decodeSockaddr(layout, fromHex(known.inet6), 28)).toEqual(inet6);
  });

  it('reads back what it wrote, for any name', () => {
    const ports = fc.nat(65_535);
    const v4 = fc.record({ address: bytes(4).map(formatIPv4), port: ports });
    const v6 = fc.record({
      address: bytes(16).map(formatIPv6),
      port: ports,
      scope: fc.integer({ min: 1, max: 0xffff_ffff }),
    });
    const same = (family: 'inet' | 'inet6') => (name: SocketName) => {
      expect(roundTrip(layout, family, name)).toEqual(name);
    };
    fc.assert(fc.property(v4, same('inet')));
    fc.assert(fc.property(v6, same('inet6')));
    fc.assert(fc.property(v6, ({ address, port }) => same('inet6')({ address, port })));
  });

  it('refuses a port that is none', () => {
    const wrong = fc.oneof(
      fc.integer({ max: -1 }),
      fc.integer({ min: 65_536 }),
      fc.double({ min: 0.1, max: 65_535, noNaN: true }).filter((value) => !Number.isInteger(value)),
      fc.constant(Number.NaN),
    );
    fc.assert(
      fc.property(wrong, (port) => {
        expect(() => encodeSockaddr(layout, 'inet', { address: '127.0.0.1', port })).toThrow(RangeError);
        expect(() => encodeSockaddr(layout, 'inet6', { address: '::1', port })).toThrow(RangeError);
      }),
    );
  });

  it("refuses the other family's addresses and scopes out of range", () => {
    expect(() => encodeSockaddr(layout, 'inet', { address: '::1', port: 1 })).toThrow(RangeError);
    expect(() => encodeSockaddr(layout, 'inet6', { address: '127.0.0.1', port: 1 })).toThrow(RangeError);
    expect(() => encodeSockaddr(layout, 'inet6', { address: 'fe80::1', port: 1, scope: -1 })).toThrow(RangeError);
    expect(() => encodeSockaddr(layout, 'inet6', { address: 'fe80::1', port: 1, scope: 2 ** 32 })).toThrow(RangeError);
  });

  it('knows no name in what is too short or of another family', () => {
    const short = fromHex(known.inet6);
    expect(decodeSockaddr(layout, short, 16)).toBeNull();
    expect(decodeSockaddr(layout, fromHex(known.inet), 15)).toBeNull();
    expect(decodeSockaddr(layout, Buffer.alloc(SOCKADDR_ROOM), 0)).toBeNull();
    const local = layout.lengthByte ? '6a01' : '0100';
    expect(decodeSockaddr(layout, Buffer.concat([fromHex(local), Buffer.alloc(108)]), 110)).toBeNull();
  });

  it('has a name of no family to disconnect with', () => {
    expect(encodeUnspecified(layout)).toEqual(fromHex(`${layout.lengthByte ? '1000' : '0000'} ${'00'.repeat(14)}`));
  });
});

describe('the layouts that agents use', () => {
  it.each(['x64', 'arm64', 'riscv64', 'loong64'])('Linux on %s', (architecture) => {
    expect(constantsFor('linux', architecture).sockaddr).toEqual(LAYOUTS['linux']);
  });

  it.each(['x64', 'arm64'])('macOS on %s', (architecture) => {
    expect(constantsFor('darwin', architecture).sockaddr).toEqual(LAYOUTS['darwin']);
  });

  it.each([
    ['linux', 's390x'],
    ['linux', 'arm'],
    ['sunos', 'x64'],
  ])('there are none for %s on %s', (system, architecture) => {
    expect(() => constantsFor(system, architecture)).toThrow(`no native layer for ${system} on ${architecture}`);
  });
});

function bytes(length: number) {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

function roundTrip(layout: SockaddrLayout, family: 'inet' | 'inet6', name: SocketName): SocketName | null {
  const written = encodeSockaddr(layout, family, name);
  return decodeSockaddr(layout, written, written.length);
}
