// A dual-stack UDP socket that got an IPv4 datagram of its peer on another host loses everything of an IPv6 peer later.
//
// udp_sk_rx_dst_set() in Linux' net/ipv4/udp.c keeps the route of the IPv4 datagram in sk_rx_dst. A connect() does not
// clear it, and udp_v6_early_demux() in net/ipv6/udp.c hands it to each IPv6 datagram of the new peer.
//
//   cc -o stale-route stale-route.c && unshare --net ./stale-route
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void check(const char *call, int result) { if (result != 0) perror(call), exit(2); }

static struct sockaddr_in6 named(const char *address, int port) {
  struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  check("inet_pton", inet_pton(AF_INET6, address, &name.sin6_addr) - 1);
  return name;
}

static int bound(const char *address, int port) {
  int s = socket(AF_INET6, SOCK_DGRAM, 0);
  struct sockaddr_in6 name = named(address, port);
  check("SO_RCVTIMEO", setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 1}, sizeof(struct timeval)));
  check("bind", bind(s, (struct sockaddr *)&name, sizeof name));
  return s;
}

// Connects the socket to a peer on the other host, has that peer send, says what came, and disconnects.
static void ask(const char *when, int socket, int peer, const char *address, const char *own) {
  struct sockaddr_in6 from = named(address, 1031), to = named(own, 2000);
  check("connect", connect(socket, (struct sockaddr *)&from, sizeof from));
  check("sendto", sendto(peer, "x", 1, 0, (struct sockaddr *)&to, sizeof to) - 1);
  printf("%s: %s\n", when, recv(socket, &(char){0}, 1, 0) == 1 ? "received" : "not received");
  check("disconnect", connect(socket, &(struct sockaddr){.sa_family = AF_UNSPEC}, sizeof(struct sockaddr)));
}

int main(void) {
  int own = open("/proc/self/ns/net", O_RDONLY), stays = fork();
  if (stays == 0) return prctl(PR_SET_PDEATHSIG, 9) || pause();
  check("unshare", unshare(CLONE_NEWNET));
  int other = open("/proc/self/ns/net", O_RDONLY);
  char move[99];
  snprintf(move, sizeof move, "ip link add v2 type veth peer name v1 && ip link set v1 netns %d", stays);
  check("ip", system(move));
  check("setns", setns(own, CLONE_NEWNET));
  check("ip", system("ip addr add 10.9.9.1/24 dev v1; ip addr add fd09::1/64 dev v1 nodad; ip link set v1 up"));
  check("setns", setns(other, CLONE_NEWNET));
  check("ip", system("ip addr add 10.9.9.2/24 dev v2; ip addr add fd09::2/64 dev v2 nodad; ip link set v2 up"));
  int four = bound("::ffff:10.9.9.2", 1031), six = bound("fd09::2", 1031);
  check("setns", setns(own, CLONE_NEWNET));
  int s = bound("::", 2000);
  ask("IPv6 peer", s, six, "fd09::2", "fd09::1");
  ask("IPv4 peer", s, four, "::ffff:10.9.9.2", "::ffff:10.9.9.1");
  ask("IPv6 peer after the IPv4 peer", s, six, "fd09::2", "fd09::1");
}
