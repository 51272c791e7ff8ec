import { describe, expect, it } from 'vitest';
import { isPromised, wayIn, whoComes, type PortAsk } from '../../../src/published/ask.ts';

const at = (hostAddress: string, hostPort = 8080) => ({ hostAddress, hostPort });

/** A question, for example `neighbour 127.0.0.1`, for port 8080. */
function ask(text: string, more: Partial<PortAsk> = {}): PortAsk {
  const [from, address = ''] = text.split(' ');
  return { from: from as PortAsk['from'], address, port: 8080, isContainers: false, ...more };
}
const direct = { isContainers: true, port: 80 };

describe('a published port is promised', () => {
  it.each([
    ['every IPv4 address', '0.0.0.0', 'host 127.0.0.1', true],
    ['every IPv4 address', '0.0.0.0', 'neighbour 192.168.5.130', true],
    ['every IPv4 address', '0.0.0.0', 'host ::1', false],
    ['every IPv6 address', '::', 'neighbour fd00:5::130', true],
    ['one address', '192.168.5.130', 'neighbour 192.168.5.130', true],
    ['one address', '192.168.5.130', 'neighbour 192.168.5.131', false],
    ['one address', '192.168.5.130', 'host 127.0.0.1', false],
    ['loopback, to the host', '127.0.0.1', 'host 127.0.0.1', true],
    ['loopback, to no one else', '127.0.0.1', 'neighbour 127.0.0.1', false],
    ['loopback of everything, to no one else', '0.0.0.0', 'neighbour 127.0.0.1', false],
  ])('at %s: %s, asked by %s', (_, published, question, expected) => {
    expect(isPromised([at(published)], ask(question))).toBe(expected);
  });

  it('at the port of the host that was published, and at no other', () => {
    expect(isPromised([at('0.0.0.0', 8081)], ask('host 127.0.0.1'))).toBe(false);
    expect(isPromised([at('0.0.0.0', 8081), at('127.0.0.1')], ask('host 127.0.0.1'))).toBe(true);
  });

  it('not at the own address of the container, nor to the container itself', () => {
    expect(isPromised([at('0.0.0.0', 80)], ask('host 10.89.7.2', direct))).toBe(false);
    expect(isPromised([at('0.0.0.0')], ask('inside 127.0.0.1'))).toBe(false);
  });
});

describe('an answer shows a way in', () => {
  it.each([
    ['neighbour 127.0.0.1', 'loopback'],
    ['neighbour ::1', 'loopback'],
    ['neighbour 192.168.5.130', 'lan'],
    ['neighbour fd00:5::130', 'lan'],
    ['host 192.168.5.130', 'lan'],
    ['host fd00:5::130', 'lan'],
    ['host 127.0.0.1', null],
    ['host ::1', null],
    ['inside 192.168.5.130', null],
  ])('to what is published on 127.0.0.1, asked by %s: %s', (question, way) => {
    expect(wayIn([at('127.0.0.1')], ask(question))).toBe(way);
  });

  it("by the container's own address, published elsewhere or nowhere, but not to its host", () => {
    for (const published of [[], [at('127.0.0.1')]]) {
      expect(wayIn(published, ask('neighbour 10.89.7.2', direct))).toBe('subnet');
      expect(wayIn(published, ask('host 10.89.7.2', direct))).toBeNull();
    }
  });

  it('at another port of the host than the one that is published', () => {
    expect(wayIn([at('192.168.5.130', 8081)], ask('neighbour 192.168.5.130'))).toBe('lan');
    expect(wayIn([at('192.168.5.130')], ask('neighbour 192.168.5.130'))).toBeNull();
  });

  it('never to what is published on every address', () => {
    for (const every of ['0.0.0.0', '::']) {
      for (const question of ['neighbour 127.0.0.1', 'neighbour 192.168.5.130', 'host fd00:5::130'])
        expect(wayIn([at(every)], ask(question))).toBeNull();
    }
  });
});

it('who comes by loopback is named by the family', () => {
  expect(whoComes('loopback', '127.0.0.1')).toContain('127.0.0.0/8');
  expect(whoComes('loopback', '::1')).toContain('routes ::1 to');
});
