import { describe, expect, it } from 'vitest';
import type { Operation, Result } from '../../../src/protocol/messages.ts';
import { name, servedLine, traceLine } from '../../../src/record/transcript.ts';

const v4 = { address: '127.0.0.1', port: 1060 };
const v6 = { address: 'fd00:5::130', port: 1060 };

describe('a line of the transcript', () => {
  it.each<[Operation, Partial<Result>, string]>([
    [{ op: 'socket', as: 's1', family: 'inet', type: 'dgram' }, {}, 'socket(AF_INET, SOCK_DGRAM) = s1'],
    [{ op: 'socket', as: 's1', family: 'inet6', type: 'stream' }, {}, 'socket(AF_INET6, SOCK_STREAM) = s1'],
    [{ op: 'setsockopt', on: 's', option: 'SO_REUSEADDR', value: 1 }, {}, 'setsockopt(s, SO_REUSEADDR, 1) = 0'],
    [{ op: 'getsockopt', on: 's', option: 'SO_REUSEADDR' }, { value: 1 }, 'getsockopt(s, SO_REUSEADDR) = 1'],
    [
      { op: 'setsockopt', on: 's', option: 'SO_REUSEPORT', value: 1 },
      { outcome: 'not available here' },
      'setsockopt(s, SO_REUSEPORT, 1) = not available here, no call made',
    ],
    [
      { op: 'setsockopt', on: 's', option: 'SO_LINGER', value: { on: true, seconds: 5 } },
      {},
      'setsockopt(s, SO_LINGER, {on=true, seconds=5}) = 0',
    ],
    [
      { op: 'getsockopt', on: 's', option: 'SO_LINGER' },
      { value: { on: false, seconds: 0 } },
      'getsockopt(s, SO_LINGER) = {on=false, seconds=0}',
    ],
    [{ op: 'kill', on: 'p' }, { outcome: 'ended' }, 'kill(p) = the program had ended before'],
    [{ op: 'bind', on: 's', ...v4 }, {}, 'bind(s, 127.0.0.1:1060) = 0'],
    [
      { op: 'bind', on: 's', ...v6 },
      { outcome: 'EADDRINUSE', errno: 98 },
      'bind(s, [fd00:5::130]:1060) = -1 EADDRINUSE',
    ],
    [{ op: 'listen', on: 's' }, {}, 'listen(s, 128) = 0'],
    [{ op: 'listen', on: 's', backlog: 1 }, {}, 'listen(s, 1) = 0'],
    [{ op: 'accept', on: 's', as: 'c', within: 5 }, { from: v6 }, 'accept(s) = c from [fd00:5::130]:1060'],
    [{ op: 'accept', on: 's', as: 'c' }, {}, 'accept(s) = c'],
    [{ op: 'accept', on: 's', as: 'c' }, { outcome: 'silence' }, 'accept(s) = nothing within 0 ms'],
    [
      { op: 'connect', on: 's', ...v4, within: 9 },
      { outcome: 'silence' },
      'connect(s, 127.0.0.1:1060) = nothing within 9 ms',
    ],
    [{ op: 'connect', on: 's', ...v4 }, { outcome: 'ECONNREFUSED' }, 'connect(s, 127.0.0.1:1060) = -1 ECONNREFUSED'],
    [{ op: 'disconnect', on: 's' }, {}, 'connect(s, AF_UNSPEC) = 0'],
    [{ op: 'send', on: 's', data: 'a "b"\n' }, { bytes: 6 }, String.raw`send(s, "a \"b\"\n") = 6`],
    [{ op: 'send', on: 's', data: 'x', to: v4 }, { bytes: 1 }, 'sendto(s, "x", 127.0.0.1:1060) = 1'],
    [{ op: 'send', on: 's', data: 'x'.repeat(61) }, { bytes: 61 }, `send(s, "${'x'.repeat(60)}…") = 61`],
    [
      { op: 'recv', on: 's' },
      { data: 'x', bytes: 1, from: v4, to: '127.0.0.2' },
      'recv(s, "x") = 1 from 127.0.0.1:1060 at 127.0.0.2',
    ],
    [{ op: 'recv', on: 's' }, { data: '', bytes: 0, from: v4 }, 'recv(s, "") = 0 from 127.0.0.1:1060'],
    [{ op: 'recv', on: 's' }, { outcome: 'eof' }, 'recv(s) = 0 (end of stream)'],
    [{ op: 'recv', on: 's', within: 100 }, { outcome: 'silence' }, 'recv(s) = nothing within 100 ms'],
    [{ op: 'getsockname', on: 's' }, { name: v6 }, 'getsockname(s) = [fd00:5::130]:1060'],
    [{ op: 'getpeername', on: 's' }, { outcome: 'ENOTCONN' }, 'getpeername(s) = -1 ENOTCONN'],
    [{ op: 'shutdown', on: 's', how: 'read' }, {}, 'shutdown(s, SHUT_RD) = 0'],
    [{ op: 'shutdown', on: 's', how: 'write' }, {}, 'shutdown(s, SHUT_WR) = 0'],
    [{ op: 'shutdown', on: 's', how: 'both' }, {}, 'shutdown(s, SHUT_RDWR) = 0'],
    [{ op: 'close', on: 's' }, {}, 'close(s) = 0'],
    [{ op: 'poll', on: ['a', 'b'], within: 5 }, { ready: ['b'] }, 'poll([a, b], 5) = b'],
    [{ op: 'poll', on: ['a', 'b'], within: 5 }, { outcome: 'silence' }, 'poll([a, b], 5) = nothing within 5 ms'],
    [{ op: 'serve', on: 's', name: 'server 1' }, {}, 'serve(s, "server 1") = 0'],
    [
      { op: 'spawn', as: 'p', command: 'python3', args: ['-m', 'http.server'] },
      { pid: 7 },
      'spawn("python3" "-m" "http.server") = p',
    ],
    [{ op: 'spawn', as: 'p', command: 'python3', args: [] }, { outcome: 'ENOENT' }, 'spawn("python3") = -1 ENOENT'],
    [{ op: 'output', on: 'p' }, { data: 'four' }, 'output(p) = 4 characters'],
    [{ op: 'kill', on: 'p' }, {}, 'kill(p) = 0'],
    [{ op: 'read', path: '/proc/net/tcp' }, { data: '12345' }, 'read(/proc/net/tcp) = 5 characters'],
    [{ op: 'reset' }, { open: 0 }, 'reset() = 0'],
  ])('%j %j', (operation, result, line) => {
    expect(traceLine(operation, { outcome: 'ok', at: 0, took: 0, ...result })).toBe(line);
  });

  it('tells what a server did by itself', () => {
    const served = { at: 0, bytes: 3, from: v4, answered: 'ok' };
    expect(servedLine('s', served)).toBe('recv(s) = 3 from 127.0.0.1:1060; answered');
    expect(servedLine('s', { ...served, to: '::1', answered: 'dropped' })).toBe(
      'recv(s) = 3 from 127.0.0.1:1060 at ::1; dropped',
    );
    expect(servedLine('s', { ...served, answered: 'ENETUNREACH' })).toContain('; ENETUNREACH');
  });

  it('writes names as people do', () => {
    expect(name(v4)).toBe('127.0.0.1:1060');
    expect(name({ address: 'fe80::1', port: 5, scope: 3 })).toBe('[fe80::1%3]:5');
  });
});
