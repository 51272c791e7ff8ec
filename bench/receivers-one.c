/*
 * Who receives, in one process: both sockets of each pair, and to each pair that can be bound a probe by every way of the
 * machine itself. receivers-one udp|tcp PAIRS. Prints how many probes it did in a second, and how many found a receiver.
 */
#include <errno.h>
#include "pairs.h"

static const char *const SOURCES[] = {"127.0.0.1", "192.168.5.130", "::1", "fd00:5::130"};
static const char *const TARGETS[] = {"127.0.0.1", "127.0.0.2", "192.168.5.130", "192.168.6.130",
                                      "::1", "fd00:5::130", "fd00:6::130"};
enum { WAYS = 2 * 4 + 2 * 3 };

struct name { struct sockaddr_storage address; socklen_t size; int family; };

static struct name name_of(const char *text) {
  struct name name = {.family = strchr(text, ':') ? AF_INET6 : AF_INET};
  struct sockaddr_in *four = (void *)&name.address;
  struct sockaddr_in6 *six = (void *)&name.address;
  name.address.ss_family = name.family;
  name.size = name.family == AF_INET6 ? sizeof *six : sizeof *four;
  inet_pton(name.family, text, name.family == AF_INET6 ? (void *)&six->sin6_addr : (void *)&four->sin_addr);
  return name;
}

static struct name sources[4], targets[7];
static int senders[4];

static int source_of(int way) { return way < 8 ? way / 4 : 2 + (way - 8) / 3; }
static struct name *target_of(int way) { return &targets[way < 8 ? way % 4 : 4 + (way - 8) % 3]; }

/* Sends a datagram by a way, and takes the error that comes back. Returns whether there was one. */
static int send_to(int way, int port) {
  struct name *target = target_of(way);
  int fd = senders[source_of(way)];
  char room[4];
  ((struct sockaddr_in *)&target->address)->sin_port = htons(port);
  connect(fd, (struct sockaddr *)&target->address, target->size);
  send(fd, &way, sizeof way, 0);
  return recv(fd, room, sizeof room, MSG_DONTWAIT) < 0 && errno == ECONNREFUSED;
}

static long drain(int fd) {
  long got = 0;
  int mark;
  while (recv(fd, &mark, sizeof mark, MSG_DONTWAIT) == sizeof mark) got++;
  return got;
}

/* Connects by a way, and accepts. Returns whether a listener had the connection. */
static int connect_to(int way, int port, int first, int second) {
  struct name *source = &sources[source_of(way)], *target = target_of(way);
  struct linger none = {1, 0};
  int one = 1, found = -1;
  int fd = socket(target->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  bind(fd, (struct sockaddr *)&source->address, source->size);
  ((struct sockaddr_in *)&target->address)->sin_port = htons(port);
  connect(fd, (struct sockaddr *)&target->address, target->size);
  found = accept4(first, NULL, NULL, SOCK_NONBLOCK);
  if (found < 0) found = accept4(second, NULL, NULL, SOCK_NONBLOCK);
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  close(fd);
  if (found < 0) return 0;
  close(found);
  return 1;
}

int main(int argc, char **argv) {
  int stream = argc > 1 && strcmp(argv[1], "tcp") == 0, type = stream ? SOCK_STREAM : SOCK_DGRAM;
  long count = argc > 2 ? atol(argv[2]) : 2704, probes = 0, received = 0, errors = 0;
  for (int at = 0; at < 7; at++) targets[at] = name_of(TARGETS[at]);
  for (int at = 0; at < 4; at++) {
    sources[at] = name_of(SOURCES[at]);
    senders[at] = socket(sources[at].family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bind(senders[at], (struct sockaddr *)&sources[at].address, sources[at].size);
  }
  double began = now();
  for (long pair = 0; pair < count; pair++) {
    int port = port_of(pair);
    int first = bound_as(type, pair / SOCKETS % SOCKETS, port), second = -1;
    int failed = first < 0 || (stream && listen(first, 64) < 0);
    if (!failed) second = bound_as(type, pair % SOCKETS, port);
    failed = failed || second < 0 || (stream && listen(second, 64) < 0);
    for (int way = 0; !failed && way < WAYS; way++, probes++) {
      if (stream) received += connect_to(way, port, first, second);
      else errors += send_to(way, port);
    }
    if (!failed && !stream) received += drain(first) + drain(second);
    if (second >= 0) close(second);
    if (first >= 0) close(first);
  }
  printf("%.0f %ld %ld %ld\n", probes / (now() - began), probes, received, errors);
}
