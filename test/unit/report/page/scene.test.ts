import { describe, expect, it } from 'vitest';
import { sceneInWords, sceneOf } from '../../../../src/report/page/scene.ts';

/** Lines of a transcript: `part@host call`. */
const scene = (...lines: string[]) =>
  sceneOf(
    lines.map((line) => {
      const [, part = '', host = 'machine', call = ''] = /^(.*?)(?:@(\w+))?: (.*)$/.exec(line) ?? [];
      return { at: 0, part, host, call };
    }),
  );

const SERVER = [
  'server: socket(AF_INET, SOCK_DGRAM) = server1',
  'server: setsockopt(server1, SO_REUSEADDR, 1) = 0',
  'server: bind(server1, 127.0.0.1:1060) = 0',
];
const CLIENT = ['client: socket(AF_INET, SOCK_DGRAM) = client1', 'client: connect(client1, 127.0.0.1:1060) = 0'];

describe('the scene of a transcript', () => {
  it('has the sockets that were bound, with their options and what failed', () => {
    const [server, second] = scene(
      ...SERVER,
      'second: socket(AF_INET6, SOCK_STREAM) = server1',
      'second: setsockopt(server1, IPV6_V6ONLY, 0) = 0',
      'second: bind(server1, [::]:1060) = 0',
      'second: listen(server1, 128) = -1 EADDRINUSE',
    );
    expect(server?.sockets).toEqual([
      { protocol: 'UDP', name: '127.0.0.1:1060', options: ['SO_REUSEADDR'], outcome: 'ok' },
    ]);
    expect(second?.sockets).toEqual([
      { protocol: 'TCP', name: '[::]:1060', options: ['dual-stack'], outcome: 'EADDRINUSE', call: 'listen' },
    ]);
  });

  it('has an option that the system does not have as what failed', () => {
    const [part] = scene(
      'a: socket(AF_INET, SOCK_STREAM) = s',
      'a: setsockopt(s, SO_REUSEPORT, 1) = not available here, no call made',
    );
    expect(part?.sockets).toMatchObject([{ outcome: 'not available here', call: 'setsockopt' }]);
  });

  it('has who asked whom, and who answered', () => {
    const [, client] = scene(
      ...SERVER,
      ...CLIENT,
      'client: getsockname(client1) = 127.0.0.1:5000',
      'client: send(client1, "This is another message") = 23',
      'client: recv(client1, "server: Your data was 23 bytes") = 30',
      'server: recv(server1) = 23 from 127.0.0.1:5000; answered',
    );
    expect(client?.asks).toEqual([
      { protocol: 'UDP', to: '127.0.0.1:1060', outcome: 'answered', by: 'server', times: 1 },
    ]);
  });

  it.each([
    ['recv(client1) = nothing within 300 ms', 'silence'],
    ['recv(client1) = -1 ECONNREFUSED', 'ECONNREFUSED'],
    ['recv(client1) = 0 (end of stream)', 'eof'],
    ['close(client1) = 0', 'sent'],
  ])('ends a question by %s', (line, outcome) => {
    const [client] = scene(...CLIENT, 'client: send(client1, "x") = 1', `client: ${line}`);
    expect(client?.asks).toMatchObject([{ outcome }]);
  });

  it('has a connection that does not come about', () => {
    const open = 'client@neighbour: socket(AF_INET, SOCK_STREAM) = c';
    const asks = (result: string) => scene(open, `client@neighbour: connect(c, 10.0.0.1:80) = ${result}`)[0]?.asks[0];
    expect(asks('-1 ECONNREFUSED')).toMatchObject({ outcome: 'ECONNREFUSED', protocol: 'TCP' });
    expect(asks('nothing within 300 ms')).toMatchObject({ outcome: 'silence' });
  });

  it('joins questions with the same answer, and keeps a second answer to one apart', () => {
    const [client] = scene(
      'client: socket(AF_INET, SOCK_DGRAM) = c',
      'client: bind(c, 127.0.0.2:0) = 0',
      ...Array.from({ length: 3 }, () => [
        'client: sendto(c, "a, b", 127.0.0.1:1060) = 4',
        'client: recv(c, "impostor: Your data was 4 bytes") = 30 from 127.0.0.1:9',
        'client: recv(c, "server: Your data was 4 bytes") = 30 from 127.0.0.1:1060',
      ]).flat(),
    );
    expect(client?.asks).toMatchObject([
      { from: '127.0.0.2', to: '127.0.0.1:1060', by: 'impostor', times: 3 },
      { to: '127.0.0.1:1060', by: 'server', times: 3 },
    ]);
  });

  it('passes over what it does not understand', () => {
    expect(scene('a: nonsense', 'a: bind(unknown, 1.2.3.4:5) = 0', 'a: spawn("node" "-e") = program')).toEqual([
      { name: 'a', host: 'machine', sockets: [], asks: [], programs: ['node'] },
    ]);
  });

  it('is described in sentences', () => {
    const parts = scene(
      ...SERVER,
      ...CLIENT,
      'client: send(client1, "x") = 1',
      'client: recv(client1) = -1 ECONNREFUSED',
    );
    expect(sceneInWords(parts, (name) => (name.startsWith('127') ? 'loopback' : null))).toEqual([
      'server on machine binds UDP 127.0.0.1:1060 (loopback) with SO_REUSEADDR: ok.',
      'client on machine asks UDP 127.0.0.1:1060 (loopback): refused.',
    ]);
  });
});
