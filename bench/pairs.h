/* The sockets of the matrix on the netns lab: every name with no option, SO_REUSEADDR, SO_REUSEPORT, and both. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const struct { const char *address; int v6only; } NAMES[] = {
  {"0.0.0.0", -1}, {"127.0.0.1", -1}, {"127.0.0.2", -1}, {"192.168.5.130", -1}, {"192.168.6.130", -1},
  {"::", 1}, {"::", 0}, {"::1", -1}, {"fd00:5::130", -1}, {"fd00:6::130", -1},
  {"::ffff:0.0.0.0", 0}, {"::ffff:127.0.0.1", 0}, {"::ffff:192.168.5.130", 0},
};
enum { SOCKETS = 4 * sizeof NAMES / sizeof *NAMES };

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec + at.tv_nsec / 1e9;
}

static int port_of(long pair) { return 1060 + pair % 28000; }

/* Socket number `which` of a type, bound to a port, or -1. */
static int bound_as(int type, int which, int port) {
  const char *address = NAMES[which / 4].address;
  int six = strchr(address, ':') != NULL, one = 1, v6only = NAMES[which / 4].v6only, failed;
  int fd = socket(six ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  struct sockaddr_in name4 = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in6 name6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  if (v6only >= 0) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof v6only);
  if (which & 1) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (which & 2) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  if (six) {
    inet_pton(AF_INET6, address, &name6.sin6_addr);
    failed = bind(fd, (struct sockaddr *)&name6, sizeof name6);
  } else {
    inet_pton(AF_INET, address, &name4.sin_addr);
    failed = bind(fd, (struct sockaddr *)&name4, sizeof name4);
  }
  if (!failed) return fd;
  close(fd);
  return -1;
}

/* The same over UDP. */
static inline int bound(int which, int port) { return bound_as(SOCK_DGRAM, which, port); }
