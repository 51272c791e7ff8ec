// A UDP socket that was connected over IPv6 and disconnected still receives from the address of its former peer only.
//
// __udp_disconnect() of Linux clears the IPv4 address of the peer and its port, and not sk_v6_daddr, with which
// compute_score() in net/ipv6/udp.c goes on comparing. getpeername() says that the socket has no peer.
//
//   cc -o remembered-peer remembered-peer.c
//   unshare --net sh -c 'ip link set lo up && ip addr add fd00::2 dev lo nodad && ./remembered-peer'
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void check(const char *call, int result) {
  if (result >= 0) return;
  perror(call);
  exit(2);
}

static struct sockaddr_in6 named(const char *address, int port) {
  struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  check("inet_pton", inet_pton(AF_INET6, address, &name.sin6_addr) - 1);
  return name;
}

static int bound(const char *address, int port) {
  int s = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in6 name = named(address, port);
  check("bind", bind(s, (struct sockaddr *)&name, sizeof name));
  return s;
}

// Whether the socket at [::1]:2000 hears a sender on this address.
static void ask(const char *when, int socket, const char *from) {
  char byte;
  struct sockaddr_in6 to = named("::1", 2000);
  int s = bound(from, 0);
  check("sendto", sendto(s, "x", 1, 0, (struct sockaddr *)&to, sizeof to));
  printf("%s, from %s: %s\n", when, from, recv(socket, &byte, 1, 0) == 1 ? "received" : "not received");
  close(s);
}

int main(void) {
  int s = bound("::", 2000);
  struct sockaddr_in6 peer = named("::1", 2001);
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  ask("new", s, "::1");
  ask("new", s, "fd00::2");
  check("connect", connect(s, (struct sockaddr *)&peer, sizeof peer));
  check("disconnect", connect(s, &none, sizeof none));
  ask("disconnected", s, "::1");
  ask("disconnected", s, "fd00::2");
}
