import net from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../../../src/protocol/address.ts';
import { caseCount } from '../../support/cases.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('IPv4', () => {
  it.each([
    ['0.0.0.0', [0, 0, 0, 0]],
    ['127.0.0.1', [127, 0, 0, 1]],
    ['192.168.5.130', [192, 168, 5, 130]],
    ['255.255.255.255', [255, 255, 255, 255]],
  ])('reads and writes %s', (text, expected) => {
    expect([...parseIPv4(text)]).toEqual(expected);
    expect(formatIPv4(Uint8Array.from(expected))).toBe(text);
  });

  it.each(['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4 ', '1.2.3.', '1,2,3,4', '0x7f.0.0.1', '::1'])(
    'refuses %j',
    (text) => expect(() => parseIPv4(text)).toThrow(RangeError),
  );

  it('agrees with Node for random addresses', () => {
    fc.assert(
      fc.property(bytes(4), (address) => {
        const text = formatIPv4(address);
        expect(new net.SocketAddress({ address: text, family: 'ipv4' }).address).toBe(text);
        expect([...parseIPv4(text)]).toEqual([...address]);
      }),
    );
  });

  it('refuses exactly the text that Node refuses', () => {
    const octet = fc.oneof(fc.nat(300).map(String), fc.stringMatching(/^[0-9a-fx+ ]{0,4}$/));
    const almost = fc.array(octet, { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.'));
    fc.assert(fc.property(fc.oneof(almost, fc.string()), agreesWith(net.isIPv4, parseIPv4)), {
      numRuns: caseCount(2000),
    });
  });
});

describe('IPv6', () => {
  it.each([
    // RFC 5952: the longest run of zeros is shortened, the first of equal ones, never a single word; lower case.
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['1::', '00010000000000000000000000000000'],
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001'],
    ['2001:0:0:1::1', '20010000000000010000000000000001'],
    ['2001:db8::1:0:0:1', '20010db8000000000001000000000001'],
    ['fd00:5::130', 'fd000005000000000000000000000130'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['0:2:3:4:5:6:7:8', '00000002000300040005000600070008'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ffffffffffffffffffffffffffffffff'],
    ['::ffff:127.0.0.1', '00000000000000000000ffff7f000001'],
    ['::ffff:0.0.0.0', '00000000000000000000ffff00000000'],
  ])('reads and writes %s', (text, hex) => {
    expect(Buffer.from(parseIPv6(text)).toString('hex')).toBe(hex);
    expect(formatIPv6(Buffer.from(hex, 'hex'))).toBe(text);
  });

  it.each([
    ['2001:DB8:0:0::0001', '2001:db8::1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['::ffff:7f00:1', '::ffff:127.0.0.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ])('reads %s as %s', (text, canonical) => expect(formatIPv6(parseIPv6(text))).toBe(canonical));

  it.each([
    '',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2:3:4:5:6:7:8',
    '12345::',
    ':1::',
    '::1:',
    'g::',
    '::1%lo',
    '[::1]',
    '1.2.3.4',
    '::1.2.3',
    '::256.1.1.1',
    '::01.2.3.4',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::1.2.3.4:5',
    ' ::1',
    '::1\n',
    '::ffff:1.2.3.4.',
  ])('refuses %j', (text) => expect(() => parseIPv6(text)).toThrow(RangeError));

  it('agrees with Node for random addresses', () => {
    // Words of zero are frequent, so that runs of zeros are frequent too.
    const words = fc.array(fc.oneof(fc.constant(0), fc.constant(0xffff), fc.nat(0xffff)), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(words, (list) => {
        const address = Buffer.from(list.flatMap((word) => [word >> 8, word & 0xff]));
        const text = formatIPv6(address);
        expect([...parseIPv6(text)]).toEqual([...address]);
        const node = new net.SocketAddress({ address: text, family: 'ipv6' }).address;
        // Node also writes the long deprecated v4-compatible addresses (::1.2.3.4) with a dotted quad; RFC 5952 does not.
        if (list.slice(0, 6).some((word) => word !== 0)) expect(text).toBe(node);
        else expect([...parseIPv6(node)]).toEqual([...address]);
      }),
      { numRuns: caseCount(2000) },
    );
  });

  it('refuses exactly the text that Node refuses, zones apart', () => {
    const word = fc.oneof(
      fc.constant(''),
      fc.stringMatching(/^[0-9a-fA-F]{1,4}$/),
      fc.constantFrom('12345', 'g', '1.2.3.4'),
    );
    const almost = fc.array(word, { minLength: 2, maxLength: 9 }).map((parts) => parts.join(':'));
    const text = fc
      .oneof(almost, fc.string(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/))
      .filter((one) => !one.includes('%'));
    fc.assert(fc.property(text, agreesWith(net.isIPv6, parseIPv6)), { numRuns: caseCount(5000) });
  });
});

function agreesWith(node: (text: string) => boolean, parse: (text: string) => Uint8Array) {
  return (text: string) => {
    if (node(text)) expect(() => parse(text)).not.toThrow();
    else expect(() => parse(text)).toThrow(RangeError);
  };
}
