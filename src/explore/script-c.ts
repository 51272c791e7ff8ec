import { preface, scriptSteps, target, type ScriptInput, type ScriptStep } from './script.ts';

/** A stand-alone program in C that does the same with plain system calls. */
export function scriptInC(input: ScriptInput): string {
  const { steps, connected } = scriptSteps(input);
  const { sequence, uids } = input;
  const second = uids[1] !== uids[2] && steps.some(({ owner }) => owner === 2);
  const context: Context = {
    type: sequence.protocol === 'udp' ? 'SOCK_DGRAM' : 'SOCK_STREAM',
    second: second ? uids[2] : null,
    first: uids[1],
  };
  const sockets = [
    ...new Set(steps.flatMap(({ step }) => (step.op === 'bind' || step.op === 'accept' ? [step.socket] : []))),
  ];
  const connects = steps.some(({ step }) => step.op === 'connect') && sequence.protocol === 'tcp';
  const disconnects = steps.some(({ step }) => step.op === 'disconnect');
  const tcp = sequence.protocol === 'tcp';
  const resets = tcp && (connected.length > 0 || steps.some(({ step, connected: was }) => was && step.op === 'close'));
  return [
    '/*',
    ...preface(input, './a.out').map((line) => ` * ${line}`.trimEnd()),
    ' */',
    HEAD,
    ...(connects ? [PEER] : []),
    ...(disconnects ? [DISCONNECT] : []),
    ...(resets ? [RESET] : []),
    ...(second ? [AS] : []),
    'int main(int argc, char **argv) {',
    `  int ${sockets.map((socket) => `s${socket}`).join(', ')};`,
    '  if (argc > 1) port = atoi(argv[1]);',
    ...steps.flatMap((step) => ['', comment(step), ...code(step, context).map((line) => `  ${line}`)]),
    ...(tcp ? connected.map((socket) => `  reset(s${socket});`) : []),
    '  return 0;',
    '}',
    '',
  ].join('\n');
}

interface Context {
  readonly type: string;
  readonly first: number;
  readonly second: number | null;
}

function comment({ allowed, observed }: ScriptStep): string {
  return `  /* expected ${allowed}, observed ${observed} */`;
}

function code(one: ScriptStep, { type, first, second }: Context): string[] {
  const { step, text, family, address, connected, owner } = one;
  const s = `s${step.socket}`;
  const af = family === 'inet' ? 'AF_INET' : 'AF_INET6';
  const say = (call: string) => `say("${text}", ${call});`;
  const owned = (line: string) => (owner === 2 && second !== null ? [`as(${second});`, line, `as(${first});`] : [line]);
  const bound = [`name(${af}, "${address}", port);`, say(`bind(${s}, (struct sockaddr *)&address, length)`)];
  switch (step.op) {
    case 'bind':
      return [
        ...owned(`${s} = socket(${af}, ${type}, 0);`),
        ...(family === 'inet6' ? [`set(${s}, IPPROTO_IPV6, IPV6_V6ONLY, ${step.v6only ? 1 : 0});`] : []),
        ...step.options.map((option) => `set(${s}, SOL_SOCKET, SO_${option.toUpperCase()}, 1);`),
        ...bound,
      ];
    case 'rebind':
      return bound;
    case 'set':
      return [say(`set(${s}, SOL_SOCKET, SO_${step.option.toUpperCase()}, ${step.value ? 1 : 0})`)];
    case 'listen':
      return [say(`listen(${s}, 128)`)];
    case 'connect':
      return [
        `name(${af}, "${target(family, step.to)}", ${type === 'SOCK_STREAM' ? 'peer()' : 'discard++'});`,
        say(`connect(${s}, (struct sockaddr *)&address, length)`),
      ];
    case 'disconnect':
      return [say(`disconnect(${s})`)];
    case 'accept': {
      const client = step.to.includes(':') ? 'AF_INET6' : 'AF_INET';
      return [
        `name(${client}, "${step.to}", port);`,
        `if (connect(socket(${client}, SOCK_STREAM, 0), (struct sockaddr *)&address, length) < 0) perror("client");`,
        ...owned(`${s} = accept(s${step.listener}, NULL, NULL);`),
        say(s),
      ];
    }
    case 'shutdown':
      return [say(`shutdown(${s}, SHUT_RDWR)`)];
    case 'close':
      // Reset, so that nothing is left on the port.
      return [...(connected && type === 'SOCK_STREAM' ? [`reset(${s});`] : []), say(`close(${s})`)];
  }
}

const HEAD = String.raw`#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
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

const PEER = String.raw`/* Somebody to connect to, on a port of the system's choice. */
static int peer(void) {
  struct sockaddr_in6 own;
  socklen_t size = sizeof own;
  int s = socket(AF_INET6, SOCK_STREAM, 0);
  memset(&own, 0, sizeof own);
  own.sin6_family = AF_INET6;
  set(s, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (bind(s, (struct sockaddr *)&own, size) < 0 || listen(s, 8) < 0) perror("peer");
  getsockname(s, (struct sockaddr *)&own, &size);
  return ntohs(own.sin6_port);
}
`;

const DISCONNECT = String.raw`static int disconnect(int s) {
  struct sockaddr nobody;
  memset(&nobody, 0, sizeof nobody);
  nobody.sa_family = AF_UNSPEC;
  return connect(s, &nobody, sizeof nobody);
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
