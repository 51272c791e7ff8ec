import { OPTIONS } from '../model/options.ts';
import { reached } from './addresses.ts';
import { typeOf } from './operations.ts';
import { makingOf, protocolOf, type Making } from './plan.ts';
import {
  isReset,
  preface,
  scriptNeeds,
  type ScriptInput,
  type ScriptNeeds,
  type ScriptProbe,
  type ScriptStep,
} from './script.ts';
import { groupsOf } from './script-network.ts';
import { isProbe, JOIN_IN_C, optionWords, PROBE_IN_C, probeInC } from './script-probe.ts';

/**
 * A stand-alone program in C that does the same steps with plain system calls.
 * @throws NoScript
 */
export function scriptInC(input: ScriptInput): string {
  const needs = scriptNeeds(input);
  const { steps, sockets, connected, second, others } = needs;
  const groups = groupsOf(input.plan, input.devices);
  const context: Context = { protocol: input.plan.protocol, second, first: input.uids[1] };
  return [
    '/*',
    ...preface(input, needs, './a.out').map((line) => ` * ${line}`.trimEnd()),
    ' */',
    headFor(needs, steps.some(isProbe)),
    ...(steps.some(isTying) ? [TIE] : []),
    ...(needs.joins || groups.length > 0 ? [JOIN_IN_C] : []),
    ...(steps.some(isProbe) ? [PROBE_IN_C] : []),
    ...(needs.choosesPort ? [PORT_OF] : []),
    ...(needs.connects ? [PEER] : []),
    ...(others.length > 0 ? [ENDED] : []),
    ...(needs.disconnects ? [DISCONNECT] : []),
    ...(needs.resets ? [RESET] : []),
    ...(second === null ? [] : [AS]),
    'int main(int argc, char **argv) {',
    `  int ${[...sockets.map((socket) => `s${socket}`), ...others.map((socket) => `o${socket}`)].join(', ')};`,
    '  if (argc > 1) port = atoi(argv[1]);',
    ...(groups.length === 0
      ? []
      : ['', '  /* A machine takes nothing for a group that no socket of it has joined. */']),
    ...groups.map(({ group, device }) => {
      const family = group.includes(':') ? 'AF_INET6' : 'AF_INET';
      return `  member(socket(${family}, SOCK_DGRAM, 0), 1, "${group}", "${device}");`;
    }),
    ...steps.flatMap((step) => [
      '',
      comment(step),
      ...(isProbe(step) ? [probeInC(step, context.protocol)] : code(step, context)).map((line) => `  ${line}`),
    ]),
    ...connected.map((socket) => `  reset(s${socket});`),
    '  return 0;',
    '}',
    '',
  ].join('\n');
}

interface Context {
  readonly protocol: 'udp' | 'tcp';
  readonly first: number;
  readonly second: number | null;
}

/** The beginning of the program, with the headers that its parts need. */
function headFor({ joins, others }: ScriptNeeds, probes: boolean): string {
  const headers = [
    ...(probes ? ['#define _GNU_SOURCE'] : []),
    '#include <arpa/inet.h>',
    '#include <errno.h>',
    ...(probes ? ['#include <fcntl.h>', '#include <ifaddrs.h>'] : []),
    ...(probes || joins ? ['#include <net/if.h>'] : []),
    '#include <netinet/in.h>',
    ...(probes || others.length > 0 ? ['#include <poll.h>'] : []),
    '#include <stdio.h>',
  ];
  return `${headers.join('\n')}\n${HEAD}`;
}

function isTying(one: ScriptStep | ScriptProbe): boolean {
  if (isProbe(one)) return false;
  const { step } = one;
  return makingOf(step)?.device !== undefined || (step.op === 'set' && 'device' in step);
}

function comment({ remark }: ScriptStep | ScriptProbe): string {
  return `  /* ${remark} */`;
}

function code(one: ScriptStep, context: Context): string[] {
  const { step, text, making, keepsOther, choosesPort } = one;
  const { first, second } = context;
  const [s, o] = [`s${step.socket}`, `o${step.socket}`];
  const af = making.family === 'inet' ? 'AF_INET' : 'AF_INET6';
  const type = typeOf(protocolOf(making, context.protocol)) === 'stream' ? 'SOCK_STREAM' : 'SOCK_DGRAM';
  const say = (call: string) => `say("${text}", ${call});`;
  const owned = (line: string) =>
    making.owner === 2 && second !== null ? [`as(${second});`, line, `as(${first});`] : [line];
  const made = [...owned(`${s} = socket(${af}, ${type}, 0);`), ...settings(s, making)];
  switch (step.op) {
    case 'open':
      return [...made, say(s)];
    case 'bind':
      return [
        ...(step.makes === undefined ? [] : made),
        `name(${af}, "${step.address}", ${step.port ?? 'port'});`,
        say(`bind(${s}, (struct sockaddr *)&address, length)`),
      ];
    case 'set':
      if ('device' in step) return [say(`tie(${s}, "${step.device ?? ''}")`)];
      return [say(`set(${s}, ${optionWords(step.option, 'C')}, ${step.value ? 1 : 0})`)];
    case 'join':
    case 'leave': {
      const device = step.device === undefined ? 'NULL' : `"${step.device}"`;
      return [say(`member(${s}, ${step.op === 'join' ? 1 : 0}, "${step.group}", ${device})`)];
    }
    case 'listen':
      return [say(`listen(${s}, 128)`)];
    case 'connect':
      return [
        `name(${af}, "${reached(making, step.to)}", ${step.port ?? (type === 'SOCK_STREAM' ? 'peer()' : 'discard++')});`,
        say(`connect(${s}, (struct sockaddr *)&address, length)`),
        ...(choosesPort ? [`port = port_of(${s});`] : []),
        ...(keepsOther ? [`${o} = accept(listener, NULL, NULL);`] : []),
      ];
    case 'disconnect':
      return [say(`disconnect(${s})`)];
    case 'accept': {
      const client = step.to.includes(':') ? 'AF_INET6' : 'AF_INET';
      return [
        `name(${client}, "${step.to}", port);`,
        ...(keepsOther ? [`${o} = socket(${client}, SOCK_STREAM, 0);`] : []),
        `if (connect(${keepsOther ? o : `socket(${client}, SOCK_STREAM, 0)`}, (struct sockaddr *)&address, length) < 0) perror("client");`,
        ...owned(`${s} = accept(s${step.listener}, NULL, NULL);`),
        say(s),
      ];
    }
    case 'shutdown':
      return [say(`shutdown(${s}, SHUT_RDWR)`)];
    case 'close':
      if (step.leaves !== undefined) {
        const last = step.leaves === 'time-wait' ? [`close(${o});`, 'settle();'] : [];
        return [say(`close(${s})`), `ended(${o});`, 'settle();', ...last];
      }
      // Resets the connection, so that nothing is left on the port.
      return [...(isReset(one) ? [`reset(${s});`] : []), say(`close(${s})`)];
    case 'peer-close':
      return [`close(${o});`, say(`ended(${s})`)];
  }
}

function settings(s: string, { family, v6only, options, device }: Making): string[] {
  const isSet = family === 'inet6' && v6only !== 'default';
  return [
    ...(isSet ? [`set(${s}, IPPROTO_IPV6, IPV6_V6ONLY, ${v6only ? 1 : 0});`] : []),
    ...options.map((option) => `set(${s}, SOL_SOCKET, ${OPTIONS[option].name}, 1);`),
    ...(device === undefined ? [] : [`tie(${s}, "${device}");`]),
  ];
}

const HEAD = String.raw`#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int port = 20000;
static int discard = 9;
static struct sockaddr_storage address;
static socklen_t length;

static const char *outcome(int returned) {
  if (returned >= 0) return "ok";
  switch (errno) {
    case EACCES: return "EACCES";
    case EADDRINUSE: return "EADDRINUSE";
    case EADDRNOTAVAIL: return "EADDRNOTAVAIL";
    case ECONNABORTED: return "ECONNABORTED";
    case ECONNREFUSED: return "ECONNREFUSED";
    case ECONNRESET: return "ECONNRESET";
    case EHOSTUNREACH: return "EHOSTUNREACH";
    case ENETUNREACH: return "ENETUNREACH";
    case ENOTCONN: return "ENOTCONN";
    case ETIMEDOUT: return "ETIMEDOUT";
    case EAFNOSUPPORT: return "EAFNOSUPPORT";
    case EINVAL: return "EINVAL";
    case EISCONN: return "EISCONN";
    case EOPNOTSUPP: return "EOPNOTSUPP";
    default: return strerror(errno);
  }
}

static void say(const char *step, int returned) {
  printf("%s = %s\n", step, outcome(returned));
}

static int set(int s, int level, int option, int value) {
  return setsockopt(s, level, option, &value, sizeof value);
}

static void name(int family, const char *text, int number) {
  struct sockaddr_in *v4 = (struct sockaddr_in *)&address;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&address;
  memset(&address, 0, sizeof address);
  address.ss_family = family;
  length = family == AF_INET ? sizeof *v4 : sizeof *v6;
  if (family == AF_INET) v4->sin_port = htons(number);
  else v6->sin6_port = htons(number);
  inet_pton(family, text, family == AF_INET ? (void *)&v4->sin_addr : (void *)&v6->sin6_addr);
}
`;

const TIE = String.raw`static int tie(int s, const char *device) {
  return setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device) + 1);
}
`;

const PORT_OF = String.raw`/* The port that the system chose for a socket; the steps after it use the same. */
static int port_of(int s) {
  struct sockaddr_in6 own;
  socklen_t size = sizeof own;
  memset(&own, 0, sizeof own);
  getsockname(s, (struct sockaddr *)&own, &size);
  return ntohs(own.sin6_port);
}
`;

const ENDED = String.raw`/* Waits until a socket has heard that the other end was closed. */
static int ended(int s) {
  struct pollfd one = {.fd = s, .events = POLLIN};
  if (poll(&one, 1, 5000) == 1) return 0;
  errno = ETIMEDOUT;
  return -1;
}

/* Waits until everything that is on its way has arrived; an acknowledgement may wait for 40 ms. */
static void settle(void) {
  poll(NULL, 0, 100);
}
`;

const PEER = String.raw`/* A peer to connect to, on a port of the system's choice. */
static int listener;

static int peer(void) {
  struct sockaddr_in6 own;
  socklen_t size = sizeof own;
  int s = socket(AF_INET6, SOCK_STREAM, 0);
  memset(&own, 0, sizeof own);
  own.sin6_family = AF_INET6;
  set(s, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (bind(s, (struct sockaddr *)&own, size) < 0 || listen(s, 8) < 0) perror("peer");
  getsockname(s, (struct sockaddr *)&own, &size);
  listener = s;
  return ntohs(own.sin6_port);
}
`;

const DISCONNECT = String.raw`static int disconnect(int s) {
#ifdef __APPLE__
  return disconnectx(s, SAE_ASSOCID_ANY, SAE_CONNID_ANY);
#else
  struct sockaddr none;
  memset(&none, 0, sizeof none);
  none.sa_family = AF_UNSPEC;
  return connect(s, &none, sizeof none);
#endif
}
`;

const RESET = String.raw`/* Its end is a reset then, which leaves nothing on the port. */
static void reset(int s) {
  struct linger none = {1, 0};
  setsockopt(s, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}
`;

const AS = String.raw`/* A socket belongs to the effective user who makes it. */
static void as(uid_t user) {
  if (seteuid(user) < 0) {
    perror("seteuid");
    exit(1);
  }
}
`;
