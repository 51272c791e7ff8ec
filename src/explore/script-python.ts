import { preface, scriptSteps, target, type ScriptInput, type ScriptStep } from './script.ts';

/** A stand-alone program in Python that does the same with plain system calls. */
export function scriptInPython(input: ScriptInput): string {
  const { steps, connected } = scriptSteps(input);
  const { sequence, uids } = input;
  const second = uids[1] !== uids[2] && steps.some(({ owner }) => owner === 2);
  const context: Context = {
    type: sequence.protocol === 'udp' ? 'SOCK_DGRAM' : 'SOCK_STREAM',
    second: second ? uids[2] : null,
    first: uids[1],
  };
  const connects = steps.some(({ step }) => step.op === 'connect') && sequence.protocol === 'tcp';
  const disconnects = steps.some(({ step }) => step.op === 'disconnect');
  const tcp = sequence.protocol === 'tcp';
  const resets = tcp && (connected.length > 0 || steps.some(({ step, connected: was }) => was && step.op === 'close'));
  return [
    '#!/usr/bin/env python3',
    ...preface(input, 'python3 mismatch.py').map((line) => `# ${line}`.trimEnd()),
    ...(disconnects ? ['import ctypes'] : []),
    'import errno',
    ...(second || disconnects ? ['import os'] : []),
    ...(resets ? ['import struct'] : []),
    'import sys',
    'from socket import *',
    '',
    HEAD,
    ...(connects ? [PEER] : []),
    ...(disconnects ? [DISCONNECT] : []),
    ...(resets ? [RESET] : []),
    ...steps.flatMap((step) => ['', comment(step), ...code(step, context)]),
    ...(tcp && connected.length > 0 ? ['', ...connected.map((socket) => `reset(s${socket})`)] : []),
    '',
  ].join('\n');
}

interface Context {
  readonly type: string;
  readonly first: number;
  readonly second: number | null;
}

function comment({ allowed, observed }: ScriptStep): string {
  return `# expected ${allowed}, observed ${observed}`;
}

function code(one: ScriptStep, { type, first, second }: Context): string[] {
  const { step, text, family, address, connected, owner } = one;
  const s = `s${step.socket}`;
  const af = family === 'inet' ? 'AF_INET' : 'AF_INET6';
  const say = (call: string) => `say("${text}", lambda: ${call})`;
  const owned = (line: string) =>
    owner === 2 && second !== null
      ? [`os.seteuid(${second})  # a socket belongs to the effective user who makes it`, line, `os.seteuid(${first})`]
      : [line];
  const bound = say(`${s}.bind(("${address}", port))`);
  switch (step.op) {
    case 'bind':
      return [
        ...owned(`${s} = socket(${af}, ${type})`),
        ...(family === 'inet6' ? [`${s}.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, ${step.v6only ? 1 : 0})`] : []),
        ...step.options.map((option) => `${s}.setsockopt(SOL_SOCKET, SO_${option.toUpperCase()}, 1)`),
        bound,
      ];
    case 'rebind':
      return [bound];
    case 'set':
      return [say(`${s}.setsockopt(SOL_SOCKET, SO_${step.option.toUpperCase()}, ${step.value ? 1 : 0})`)];
    case 'listen':
      return [say(`${s}.listen(128)`)];
    case 'connect':
      return [
        say(`${s}.connect(("${target(family, step.to)}", ${type === 'SOCK_STREAM' ? 'peer()' : 'next(discard)'}))`),
      ];
    case 'disconnect':
      return [say(`disconnect(${s})`)];
    case 'accept': {
      const client = step.to.includes(':') ? 'AF_INET6' : 'AF_INET';
      return [
        `client${step.socket} = socket(${client}, SOCK_STREAM)`,
        `client${step.socket}.connect(("${step.to}", port))`,
        ...owned(`${s} = say("${text}", s${step.listener}.accept)[0]`),
      ];
    }
    case 'shutdown':
      return [say(`${s}.shutdown(SHUT_RDWR)`)];
    case 'close':
      // Reset, so that nothing is left on the port.
      return [...(connected && type === 'SOCK_STREAM' ? [`reset(${s})`] : []), say(`${s}.close()`)];
  }
}

const HEAD = `port = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
discard = iter(range(9, 1000))


def say(step, call):
    result = None
    try:
        result = call()
        outcome = "ok"
    except OSError as error:
        # One number has two names on Linux.
        outcome = "EOPNOTSUPP" if error.errno == errno.EOPNOTSUPP else errno.errorcode[error.errno]
    print(step, "=", outcome, flush=True)
    return result
`;

const PEER = `
def peer():
    """Somebody to connect to, on a port of the system's choice."""
    s = socket(AF_INET6, SOCK_STREAM)
    s.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)
    s.bind(("::", 0))
    s.listen(8)
    peers.append(s)
    return s.getsockname()[1]


peers = []
`;

const DISCONNECT = `
libc = ctypes.CDLL(None, use_errno=True)


def disconnect(s):
    """connect() to an address of no family, which Python's own connect can't say."""
    if libc.connect(s.fileno(), bytes(16), 16) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
`;

const RESET = `
def reset(s):
    """Its end is a reset then, which leaves nothing on the port."""
    s.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
`;
