import { describe, expect, it } from 'vitest';
import { readSocket } from '../../../../src/explain/reader/read-texts.ts';
import { fieldsOf, problemIn, problemOf, textOf, type Fields } from '../../../../src/page/explain/fields.ts';

const PLAIN = fieldsOf('udp 127.0.0.1:53') as Fields;

describe('the fields of a socket', () => {
  it.each([
    'udp 127.0.0.1:53',
    'tcp [::]:80 v6only=0 reuseaddr reuseport uid=33 listening',
    'tcp 0.0.0.0:80 exclusive connected local=10.0.0.1',
    'udp [::ffff:127.0.0.1]:53 reuseport_lb reuseshareuid dev=eth0 connected',
    'tcp [fe80::1%eth0]:80 time-wait',
    'tcp LISTEN 0 128 *:80 *:* users:(("nginx",pid=1,fd=6))',
    'http://localhost:8080/x',
  ])('come out of %s and go back as the same socket', (text) => {
    const fields = fieldsOf(text) as Fields;
    expect(problemOf(fields)).toBeNull();
    expect(readSocket(textOf(fields)).socket).toEqual(readSocket(text).socket);
  });

  it('are none of a line that can not be read', () => {
    expect(fieldsOf('udp 1.2.3:x')).toBeNull();
    expect(problemIn('udp 127.0.0.1:53')).toBeNull();
    expect(problemIn('udp 127.0.0.1:53 fast')).toMatchObject({
      field: 'text',
      message: expect.stringContaining("'fast' at position 18") as unknown,
    });
  });

  it.each([
    ['address', { address: '127.0.0.256' }],
    ['address', { address: 'example.org' }],
    ['port', { port: '' }],
    ['port', { port: '65536' }],
    ['port', { port: 'x', address: '::1' }],
    ['v6only', { v6only: '1' }],
    ['options', { options: new Set(['reuseaddr', 'exclusive']) }],
    ['state', { state: 'listening' }],
    ['uid', { uid: 'root' }],
    ['device', { device: 'a/b' }],
    ['local', { local: 'here' }],
  ] as [string, Partial<Fields>][])('say which one is wrong: %s in %o', (field, changed) => {
    const fields = { ...PLAIN, ...changed };
    expect(problemOf(fields)).toMatchObject({ field, message: expect.stringContaining("can't be read") as unknown });
  });
});
