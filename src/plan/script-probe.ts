import { unmapped } from '../model/address.ts';
import { familyReached } from './addresses.ts';
import { typeOf } from './operations.ts';
import { protocolOf, type Plan, type SetOption } from './plan.ts';
import { senderOf } from './probe.ts';
import type { ScriptProbe, ScriptStep } from './script.ts';
import { cNameOf, isReceiveOption } from './words.ts';

/** How long a script waits for whatever a datagram brings, in milliseconds. */
const WAIT = 500;

/** How long it waits for the answer to a connect(), in milliseconds: a lost SYN is sent again after a second. */
const CONNECT_WAIT = 2000;

/** The parts of a probe that both scripts name. */
function partsOf({ probe }: ScriptProbe, protocol: Plan['protocol']) {
  const { address, port = 0 } = senderOf(probe);
  return {
    family: familyReached(probe.to) === 'inet' ? 'AF_INET' : 'AF_INET6',
    type: typeOf(protocolOf(probe, protocol)) === 'stream' ? 'SOCK_STREAM' : 'SOCK_DGRAM',
    from: unmapped(address),
    fromPort: port,
    to: unmapped(probe.to),
    toPort: probe.port ?? 'port',
  };
}

/** The call of a probe in C. */
export function probeInC(one: ScriptProbe, protocol: Plan['protocol']): string {
  const { family, type, from, fromPort, to, toPort } = partsOf(one, protocol);
  const { text, receiving } = one;
  const sockets =
    receiving.length === 0
      ? 'NULL, NULL'
      : `(int[]){${receiving.join(', ')}}, (int[]){${receiving.map((socket) => `s${socket}`).join(', ')}}`;
  return `probe("${text}", ${type}, ${family}, "${from}", ${fromPort}, "${to}", ${toPort}, ${receiving.length}, ${sockets});`;
}

/** The call of a probe in Python. */
export function probeInPython(one: ScriptProbe, protocol: Plan['protocol']): string {
  const { family, type, from, fromPort, to, toPort } = partsOf(one, protocol);
  const sockets = one.receiving.map((socket) => `${socket}: s${socket}`).join(', ');
  return `probe("${one.text}", ${type}, ${family}, ("${from}", ${fromPort}), ("${to}", ${toPort}), {${sockets}})`;
}

/** Whether a step of a script is a probe. */
export function isProbe(one: ScriptStep | ScriptProbe): one is ScriptProbe {
  return 'probe' in one;
}

/** The numbers of options that headers and Python's module may lack. */
const NUMBERS: Readonly<Record<string, string>> = {
  multicastAll: 'IPPROTO_IP, 49 /* IP_MULTICAST_ALL */',
  multicastAll6: 'IPPROTO_IPV6, 29 /* IPV6_MULTICAST_ALL */',
};

/** The level and the name of an option, as arguments of setsockopt(). */
export function optionWords(option: SetOption, language: 'C' | 'Python'): string {
  if (!isReceiveOption(option)) return `SOL_SOCKET, ${cNameOf(option)}`;
  const written = NUMBERS[option] ?? '';
  return language === 'C' ? written : written.replace(/ \/\*.*/, '');
}

/** What a program in C needs for probes, and for joining groups. */
export const PROBE_IN_C = String.raw`/* The interface that has an address; a multicast needs it to leave by that one. */
static unsigned interface_of(int family, const char *text) {
  struct ifaddrs *all, *one;
  char own[INET6_ADDRSTRLEN];
  unsigned index = 0;
  if (getifaddrs(&all) < 0) return 0;
  for (one = all; one != NULL; one = one->ifa_next) {
    if (one->ifa_addr == NULL || one->ifa_addr->sa_family != family) continue;
    if (family == AF_INET) inet_ntop(family, &((struct sockaddr_in *)one->ifa_addr)->sin_addr, own, sizeof own);
    else inet_ntop(family, &((struct sockaddr_in6 *)one->ifa_addr)->sin6_addr, own, sizeof own);
    if (strcmp(own, text) == 0) index = if_nametoindex(one->ifa_name);
  }
  freeifaddrs(all);
  return index;
}

static void wait_for(int s, int events, int wait, int count, const int *sockets) {
  struct pollfd all[count + 1];
  all[0].fd = s;
  all[0].events = events;
  for (int i = 0; i < count; i++) {
    all[i + 1].fd = sockets[i];
    all[i + 1].events = POLLIN;
  }
  poll(all, count + 1, wait);
}

/* Sends a datagram, or connects, and prints which sockets got it. */
static void probe(const char *step, int type, int family, const char *from, int from_port, const char *to, int to_port,
                  int count, const int *numbers, const int *sockets) {
  int s = socket(family, type | SOCK_NONBLOCK, 0), got = 0, error = 0;
  unsigned device = interface_of(family, from);
  struct ip_mreqn leave = {.imr_ifindex = device};
  struct linger none = {1, 0};
  socklen_t size = sizeof error;
  char data[8];
  set(s, SOL_SOCKET, SO_BROADCAST, 1);
  if (type == SOCK_DGRAM && family == AF_INET) {
    setsockopt(s, IPPROTO_IP, IP_MULTICAST_IF, &leave, sizeof leave);
    set(s, IPPROTO_IP, IP_RECVERR, 1);
  } else if (type == SOCK_DGRAM) {
    set(s, IPPROTO_IPV6, IPV6_MULTICAST_IF, device);
    set(s, IPPROTO_IPV6, IPV6_RECVERR, 1);
  }
  name(family, from, from_port);
  if (bind(s, (struct sockaddr *)&address, length) < 0) perror("bind of the sender");
  name(family, to, to_port);
  printf("%s = ", step);
  if (type == SOCK_DGRAM) {
    if (sendto(s, "probe", 5, 0, (struct sockaddr *)&address, length) < 0) error = errno;
    wait_for(s, 0, ${WAIT}, count, sockets);
    for (int i = 0; i < count; i++) {
      int times = 0;
      while (recv(sockets[i], data, sizeof data, MSG_DONTWAIT) >= 0) times++;
      if (times > 0) printf("%ss%d", got++ > 0 ? "+" : "", numbers[i]);
    }
    if (error == 0) getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size);
    if (got == 0) printf("%s", error == 0 ? "silence" : error == ECONNREFUSED ? "refused" : strerror(error));
  } else {
    connect(s, (struct sockaddr *)&address, length);
    wait_for(s, POLLOUT, ${CONNECT_WAIT}, 0, NULL);
    for (int i = 0; i < count; i++) {
      int accepted;
      fcntl(sockets[i], F_SETFL, O_NONBLOCK);
      while ((accepted = accept(sockets[i], NULL, NULL)) >= 0) {
        printf("%ss%d", got++ > 0 ? "+" : "", numbers[i]);
        setsockopt(accepted, SOL_SOCKET, SO_LINGER, &none, sizeof none);
        close(accepted);
      }
    }
    getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size);
    if (got == 0) printf("%s", error == 0 ? "no answer" : error == ECONNREFUSED ? "refused" : error == ECONNRESET ? "reset" : strerror(error));
    setsockopt(s, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  }
  printf("\n");
  close(s);
}
`;

/** What a program in C needs to join and leave groups. */
export const JOIN_IN_C = String.raw`static int member(int s, int joins, const char *group, const char *device) {
  struct ip_mreqn v4 = {.imr_ifindex = device == NULL ? 0 : if_nametoindex(device)};
  struct ipv6_mreq v6 = {.ipv6mr_interface = v4.imr_ifindex};
  if (inet_pton(AF_INET, group, &v4.imr_multiaddr) == 1)
    return setsockopt(s, IPPROTO_IP, joins ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &v4, sizeof v4);
  inet_pton(AF_INET6, group, &v6.ipv6mr_multiaddr);
  return setsockopt(s, IPPROTO_IPV6, joins ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, &v6, sizeof v6);
}
`;

/** What a program in Python needs for probes. */
export const PROBE_IN_PYTHON = `
def interface_of(address):
    """The interface that has an address, as its index; a multicast needs it to leave by that one."""
    shown = subprocess.run(["ip", "-o", "address"], capture_output=True, text=True).stdout
    for line in shown.splitlines():
        words = line.split()
        if words[3].split("/")[0] == address:
            return if_nametoindex(words[1])
    return 0


def probe(step, kind, family, source, target, sockets):
    """Sends a datagram, or connects, and prints which sockets got it."""
    s = socket(family, kind)
    s.setblocking(False)
    s.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
    device = interface_of(source[0])
    if kind == SOCK_DGRAM and family == AF_INET:
        s.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, struct.pack("8xi", device))
        s.setsockopt(IPPROTO_IP, 11, 1)  # IP_RECVERR
    elif kind == SOCK_DGRAM:
        s.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_IF, device)
        s.setsockopt(IPPROTO_IPV6, 25, 1)  # IPV6_RECVERR
    s.bind(source)
    got = []
    error = 0
    if kind == SOCK_DGRAM:
        try:
            s.sendto(b"probe", target)
        except OSError as failed:
            error = failed.errno
        select.select(list(sockets.values()), [], [s], ${WAIT / 1000})
        for number, own in sockets.items():
            times = 0
            while True:
                try:
                    own.recv(8, MSG_DONTWAIT)
                    times += 1
                except OSError:
                    break
            if times:
                got.append(f"s{number}")
        error = error or s.getsockopt(SOL_SOCKET, SO_ERROR)
    else:
        s.connect_ex(target)
        select.select([], [s], [], ${CONNECT_WAIT / 1000})
        for number, own in sockets.items():
            own.setblocking(False)
            while True:
                try:
                    accepted = own.accept()[0]
                except OSError:
                    break
                got.append(f"s{number}")
                accepted.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
                accepted.close()
        error = s.getsockopt(SOL_SOCKET, SO_ERROR)
        s.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    s.close()
    nothing = "silence" if kind == SOCK_DGRAM else "no answer"
    words = {0: nothing, errno.ECONNREFUSED: "refused", errno.ECONNRESET: "reset"}
    print(step, "=", "+".join(got) or words.get(error) or errno.errorcode[error], flush=True)
`;

/** What a program in Python needs to join and leave groups. */
export const JOIN_IN_PYTHON = `
def member(s, joins, group, device):
    index = if_nametoindex(device) if device else 0
    if ":" in group:
        # IPV6_JOIN_GROUP, IPV6_LEAVE_GROUP
        s.setsockopt(IPPROTO_IPV6, 20 if joins else 21, inet_pton(AF_INET6, group) + struct.pack("I", index))
    else:
        option = IP_ADD_MEMBERSHIP if joins else IP_DROP_MEMBERSHIP
        s.setsockopt(IPPROTO_IP, option, inet_aton(group) + struct.pack("4xi", index))
`;
