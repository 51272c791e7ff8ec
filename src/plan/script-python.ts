import { OPTIONS } from '../model/options.ts';
import { reached } from './addresses.ts';
import { typeOf } from './operations.ts';
import { protocolOf, type Making } from './plan.ts';
import { isReset, preface, scriptNeeds, type ScriptInput, type ScriptProbe, type ScriptStep } from './script.ts';
import { groupsOf } from './script-network.ts';
import { isProbe, JOIN_IN_PYTHON, optionWords, PROBE_IN_PYTHON, probeInPython } from './script-probe.ts';

/**
 * A stand-alone program in Python that does the same steps with plain system calls.
 * @throws NoScript
 */
export function scriptInPython(input: ScriptInput): string {
  const needs = scriptNeeds(input);
  const { steps, connected, second, connects, disconnects, joins, resets, others } = needs;
  const groups = groupsOf(input.plan, input.devices);
  const probes = steps.some(isProbe);
  const context: Context = { protocol: input.plan.protocol, second, first: input.uids[1] };
  return [
    '#!/usr/bin/env python3',
    ...preface(input, needs, 'python3 plan.py').map((line) => `# ${line}`.trimEnd()),
    ...(disconnects ? ['import ctypes'] : []),
    'import errno',
    ...(second !== null || disconnects || others.length > 0 ? ['import os'] : []),
    ...(probes || others.length > 0 ? ['import select'] : []),
    ...(resets || joins || probes ? ['import struct'] : []),
    ...(probes ? ['import subprocess'] : []),
    'import sys',
    ...(others.length > 0 ? ['import time'] : []),
    'from socket import *',
    '',
    HEAD,
    ...(connects ? [PEER] : []),
    ...(others.length > 0 ? [ENDED] : []),
    ...(disconnects ? [DISCONNECT] : []),
    ...(resets ? [RESET] : []),
    ...(joins || groups.length > 0 ? [JOIN_IN_PYTHON] : []),
    ...(probes ? [PROBE_IN_PYTHON] : []),
    ...(groups.length === 0
      ? []
      : ['', '# A machine takes nothing for a group that no socket of it has joined.', 'members = []']),
    ...groups.flatMap(({ group, device }) => [
      `members.append(socket(${group.includes(':') ? 'AF_INET6' : 'AF_INET'}, SOCK_DGRAM))`,
      `member(members[-1], True, "${group}", "${device}")`,
    ]),
    ...steps.flatMap((step) => [
      '',
      comment(step),
      ...(isProbe(step) ? [probeInPython(step, context.protocol)] : code(step, context)),
    ]),
    ...(connected.length > 0 ? ['', ...connected.map((socket) => `reset(s${socket})`)] : []),
    '',
  ].join('\n');
}

interface Context {
  readonly protocol: 'udp' | 'tcp';
  readonly first: number;
  readonly second: number | null;
}

function comment({ remark }: ScriptStep | ScriptProbe): string {
  return `# ${remark}`;
}

function code(one: ScriptStep, context: Context): string[] {
  const { step, text, making, keepsOther, choosesPort } = one;
  const { first, second } = context;
  const [s, o] = [`s${step.socket}`, `o${step.socket}`];
  const af = making.family === 'inet' ? 'AF_INET' : 'AF_INET6';
  const type = typeOf(protocolOf(making, context.protocol)) === 'stream' ? 'SOCK_STREAM' : 'SOCK_DGRAM';
  const say = (call: string) => `say("${text}", lambda: ${call})`;
  const owned = (line: string) =>
    making.owner === 2 && second !== null
      ? [`os.seteuid(${second})  # a socket belongs to the effective user who makes it`, line, `os.seteuid(${first})`]
      : [line];
  const made = [...owned(`${s} = socket(${af}, ${type})`), ...settings(s, making)];
  switch (step.op) {
    case 'open':
      return [...made, say(s)];
    case 'bind':
      return [...(step.makes === undefined ? [] : made), say(`${s}.bind(("${step.address}", ${step.port ?? 'port'}))`)];
    case 'set':
      if ('device' in step) return [say(`${s}.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, ${bytes(step.device ?? '')})`)];
      return [say(`${s}.setsockopt(${optionWords(step.option, 'Python')}, ${step.value ? 1 : 0})`)];
    case 'join':
    case 'leave': {
      const device = step.device === undefined ? 'None' : `"${step.device}"`;
      return [say(`member(${s}, ${step.op === 'join' ? 'True' : 'False'}, "${step.group}", ${device})`)];
    }
    case 'listen':
      return [say(`${s}.listen(128)`)];
    case 'connect':
      return [
        say(
          `${s}.connect(("${reached(making, step.to)}", ${step.port ?? (type === 'SOCK_STREAM' ? 'peer()' : 'next(discard)')}))`,
        ),
        ...(choosesPort ? [`port = ${s}.getsockname()[1]`] : []),
        ...(keepsOther ? [`${o} = peers[-1].accept()[0]`] : []),
      ];
    case 'disconnect':
      return [say(`disconnect(${s})`)];
    case 'accept': {
      const client = step.to.includes(':') ? 'AF_INET6' : 'AF_INET';
      return [
        `client${step.socket} = socket(${client}, SOCK_STREAM)`,
        `client${step.socket}.connect(("${step.to}", port))`,
        ...owned(`${s} = say("${text}", s${step.listener}.accept)[0]`),
        ...(keepsOther ? [`${o} = client${step.socket}`] : []),
      ];
    }
    case 'shutdown':
      return [say(`${s}.shutdown(SHUT_RDWR)`)];
    case 'close':
      if (step.leaves !== undefined) {
        const last = step.leaves === 'time-wait' ? [`${o}.close()`, 'time.sleep(0.1)'] : [];
        // An acknowledgement may wait for 40 ms.
        return [say(`${s}.close()`), `ended(${o})`, 'time.sleep(0.1)', ...last];
      }
      // Resets the connection, so that nothing is left on the port.
      return [...(isReset(one) ? [`reset(${s})`] : []), say(`${s}.close()`)];
    case 'peer-close':
      return [`${o}.close()`, say(`ended(${s})`)];
  }
}

function settings(s: string, { family, v6only, options, device }: Making): string[] {
  const isSet = family === 'inet6' && v6only !== 'default';
  return [
    ...(isSet ? [`${s}.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, ${v6only ? 1 : 0})`] : []),
    ...options.map((option) => `${s}.setsockopt(SOL_SOCKET, ${OPTIONS[option].name}, 1)`),
    ...(device === undefined ? [] : [`${s}.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, ${bytes(device)})`]),
  ];
}

function bytes(text: string): string {
  return `b"${text}\\0"`;
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
    """A peer to connect to, on a port of the system's choice."""
    s = socket(AF_INET6, SOCK_STREAM)
    s.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)
    s.bind(("::", 0))
    s.listen(8)
    peers.append(s)
    return s.getsockname()[1]


peers = []
`;

const ENDED = `
def ended(s):
    """Waits until a socket has heard that the other end was closed."""
    if not select.select([s], [], [], 5)[0]:
        raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
`;

const DISCONNECT = `
libc = ctypes.CDLL(None, use_errno=True)


def disconnect(s):
    """connect() to an address of no family, which Python's own connect can't say; disconnectx() on macOS."""
    darwin = sys.platform == "darwin"
    if (libc.disconnectx(s.fileno(), 0, 0) if darwin else libc.connect(s.fileno(), bytes(16), 16)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
`;

const RESET = `
def reset(s):
    """Its end is a reset then, which leaves nothing on the port."""
    s.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
`;
