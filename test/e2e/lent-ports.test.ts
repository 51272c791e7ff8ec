import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { Protocol } from '../../src/model/types.ts';
import { noNamespaces } from '../support/namespace.ts';
import { isRoot, needs, noPython } from '../support/needs.ts';
import { play } from '../unit/model/steps.ts';

/** Sequences on a port that the program does not name; the last step is asked of the kernel and of the model. */
const SEQUENCES: readonly (readonly [Protocol, string])[] = [
  ['udp', '1 bind 127.0.0.1 - chosen; 1 disconnect; 2 bind 127.0.0.1'],
  ['udp', '1 bind 0.0.0.0 - chosen; 1 connect 127.0.0.1; 1 disconnect; 2 bind 127.0.0.1'],
  ['udp', '1 bind 127.0.0.1 - chosen; 1 connect 127.0.0.1; 2 bind 127.0.0.1'],
  ['udp', '1 autosend 0.0.0.0; 2 bind 127.0.0.1'],
  ['udp', '1 autosend 0.0.0.0; 1 disconnect; 2 bind 127.0.0.1'],
  ['tcp', '1 bind 127.0.0.1 - chosen; 1 disconnect; 2 bind 127.0.0.1'],
  ['tcp', '1 bind 127.0.0.1 - chosen; 1 listen'],
  ['tcp', '1 bind 127.0.0.1 - chosen; 1 listen; 2 bind 127.0.0.1'],
  ['tcp', '1 bind 127.0.0.1 - chosen; 1 listen; 1 disconnect; 2 bind 127.0.0.1'],
  ['tcp', '1 bind 127.0.0.1 - chosen; 1 listen; 1 shutdown; 2 bind 127.0.0.1'],
  ['tcp', '1 bind 127.0.0.1 - chosen; 1 listen; 1 shutdown; 1 bind 127.0.0.1'],
  ['tcp', '1 autolisten 0.0.0.0; 1 shutdown; 2 bind 127.0.0.1'],
  ['tcp', '1 autolisten 0.0.0.0; 2 bind 127.0.0.1'],
  ['tcp', '1 bind 127.0.0.1 - chosen; 1 connect 127.0.0.1 => ECONNREFUSED; 2 bind 127.0.0.1'],
];

/** Plays each sequence in this process, and prints what the last step of each returned. */
const PLAYER = `
import ctypes, errno, json, socket, struct, sys
libc = ctypes.CDLL(None, use_errno=True)

def disconnect(one):
    if libc.connect(one.fileno(), struct.pack('H14x', 0), 16) != 0:
        raise OSError(ctypes.get_errno(), 'connect')

def last(protocol, steps):
    sockets, port, result = {}, 0, 'ok'
    for step in [part.split('=>')[0] for part in steps.split(';')]:
        number, op, *words = step.split()
        kind = socket.SOCK_DGRAM if protocol == 'udp' else socket.SOCK_STREAM
        one = sockets.setdefault(number, None) or socket.socket(socket.AF_INET, kind)
        sockets[number] = one
        calls = {
            'bind': lambda: one.bind((words[0], 0 if 'chosen' in words else port)),
            'autosend': lambda: one.sendto(b'x', ('127.0.0.1', 9)),
            'autolisten': one.listen,
            'listen': one.listen,
            'connect': lambda: one.connect(('127.0.0.1', 9)),
            'disconnect': lambda: disconnect(one),
            'shutdown': lambda: one.shutdown(socket.SHUT_RDWR),
        }
        try:
            calls[op]()
            result = 'ok'
        except OSError as error:
            result = errno.errorcode[error.errno]
        port = port or one.getsockname()[1]
    for one in sockets.values():
        one.close()
    return result

print(json.dumps([last(*one) for one in json.loads(sys.argv[1])]))
`;

test(
  'this kernel takes back the ports that a program did not name as the model says',
  needs(noNamespaces, noPython),
  async () => {
    const user = isRoot ? [] : ['--user', '--map-root-user'];
    const inside = ['sh', '-c', 'ip link set lo up && exec python3 -c "$0" "$1"', PLAYER, JSON.stringify(SEQUENCES)];
    const { stdout } = await execa('unshare', [...user, '--net', ...inside]);
    const modelled = SEQUENCES.map(([protocol, steps]) => play('linux', protocol, steps).at(-1)?.outcomes.join());
    expect(JSON.parse(stdout)).toEqual(modelled);
  },
);
