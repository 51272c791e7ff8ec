import { isBound, isLocal, lacksPrivilege } from './checks.ts';
import { decide } from './decide.ts';
import { parseKernel } from './linux-kernel.ts';
import { linuxRules } from './linux-rules.ts';
import { FORGOTTEN, judgeTcp, type PortMemory, rememberTcp } from './linux-tcp.ts';
import { type Chains, EMPTY, judgeUdp, rememberUdp } from './linux-udp.ts';
import { isLinkLocal6, isLoopback4, isMapped, isMulticast } from './overlap.ts';
import type { Prediction } from './types.ts';
import type { Socket, System, World } from './world.ts';

const { id, rules } = linuxRules;

/** What Linux remembers of a port beside its sockets. */
export interface LinuxHidden {
  readonly memory: PortMemory;
  readonly chains: Chains;
}

/** The model of Linux. */
export const linux: System<LinuxHidden> = {
  name: 'linux',
  title: 'Linux',
  summary:
    'Two names that overlap conflict in either order, unless both sockets have SO_REUSEADDR (and, for TCP, the first is not listening) or both have SO_REUSEPORT and one owner. TCP listen() asks the same question again, so that of two sockets that share a name by SO_REUSEADDR only one can listen.',
  rules,
  v6onlyByDefault: false,
  hidden: { memory: FORGOTTEN, chains: EMPTY },
  free: id.free,
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide('EINVAL', id['listen-state']),
    again: decide('ok', id['listen-again']),
  },

  bind(world, next) {
    return badArgument(world, next) ?? judge(world, next);
  },

  listen(world, socket) {
    return judge(world, { ...socket, state: 'listening' });
  },

  disconnected(socket) {
    if (socket.autobound) return { local: undefined, rule: id['autobound-released'] };
    return socket.address === '::ffff:0.0.0.0'
      ? { local: socket.local, rule: id['D1-mapped-wildcard-sticks'] }
      : { local: socket.bound, rule: id.disconnect };
  },

  remember({ hidden, sockets, setting }, step) {
    return step.socket.protocol === 'udp'
      ? { ...hidden, chains: rememberUdp(hidden.chains, step) }
      : { ...hidden, memory: rememberTcp(hidden.memory, sockets, step, parseKernel(setting.kernel)) };
  },
};

function judge({ sockets, hidden, setting }: World<LinuxHidden>, socket: Socket): Prediction {
  const kernel = parseKernel(setting.kernel);
  return socket.protocol === 'udp'
    ? judgeUdp(sockets, hidden.chains, socket, kernel)
    : judgeTcp(sockets, hidden.memory, socket, kernel);
}

function badArgument(world: World<LinuxHidden>, next: Socket): Prediction | undefined {
  const address = badAddress(world, next);
  const privilege = lacksPrivilege(world, next) ? decide('EACCES', id.privileged) : undefined;
  const bound = isBound(world, next) ? decide('EINVAL', id['already-bound']) : undefined;
  if (next.family === 'inet') return address ?? privilege ?? bound;
  if (next.protocol === 'tcp' && isMulticast(next.address) && !isMapped(next.address)) {
    return decide('EINVAL', id['v6-multicast']);
  }
  return privilege ?? bound ?? address;
}

function badAddress(world: World<LinuxHidden>, next: Socket): Prediction | undefined {
  if (next.v6only && isMapped(next.address)) return decide('EINVAL', id['mapped-on-v6only']);
  const local = isLocal(world, next, (address) => isLoopback4(address) || isMulticast(address));
  if (!local) return decide('EADDRNOTAVAIL', id['not-local']);
  return isElsewhere(world, next) ? decide('EADDRNOTAVAIL', id['not-on-device']) : undefined;
}

/** Whether the socket is tied to a device that does not have the address, and the address is of one device only. */
function isElsewhere({ setting }: World<LinuxHidden>, next: Socket): boolean {
  if (next.device === undefined || next.family === 'inet' || !(next.address === '::1' || isLinkLocal6(next.address))) {
    return false;
  }
  return setting.host?.devices?.[next.device]?.includes(next.address) === false;
}
