// A dual-stack UDP socket that is connected over IPv6 receives what is sent over IPv4 to 127.0.0.6.
//
// connect() over IPv6 writes LOOPBACK4_IPV6 (127.0.0.6) where the socket's IPv4 address would be, so that no IPv4 datagram
// finds it. Since Linux 6.14 a last lookup goes through all sockets of the port by their IPv4 addresses, and finds it. The
// sender must have the port number of the peer. See __ip6_datagram_connect() and udp4_lib_lookup1().
//
//   cc -o placeholder placeholder.c && unshare --net sh -c 'ip link set lo up && ./placeholder'
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

static struct sockaddr_in four(const char *address, int port) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
  name.sin_addr.s_addr = inet_addr(address);
  return name;
}

// Whether the socket hears an IPv4 sender on a port, at an address.
static void ask(int socket_, int from_port, const char *at) {
  char byte;
  struct sockaddr_in from = four("127.0.0.1", from_port), to = four(at, 2000);
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  check("bind", bind(s, (struct sockaddr *)&from, sizeof from));
  check("sendto", sendto(s, "x", 1, 0, (struct sockaddr *)&to, sizeof to));
  printf("from port %d to %s: %s\n", from_port, at, recv(socket_, &byte, 1, 0) == 1 ? "received" : "not received");
  close(s);
}

int main(void) {
  int off = 0, s = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons(2000), .sin6_addr = IN6ADDR_ANY_INIT};
  struct sockaddr_in6 peer = {.sin6_family = AF_INET6, .sin6_port = htons(2001), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  check("IPV6_V6ONLY", setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off));
  check("bind", bind(s, (struct sockaddr *)&name, sizeof name));
  check("connect", connect(s, (struct sockaddr *)&peer, sizeof peer));
  ask(s, 2001, "127.0.0.1");
  ask(s, 2001, "127.0.0.6");
  ask(s, 2002, "127.0.0.6");
}
