// A UDP socket that connects a second time is not found by the address and port of its second peer.
//
// Linux (since 6.13) files a connected UDP socket under its peer, and leaves it there when it connects to another. Beside a
// socket of SO_REUSEPORT on the same address it then hears nothing from the peer that it has. The same socket does hear its
// peer if it connects to it at once. See udp_lib_hash4() and udp4_lib_lookup4() in net/ipv4/udp.c.
//
//   cc -o reconnected reconnected.c && unshare --net sh -c 'ip link set lo up && ./reconnected'
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return name;
}

static void check(const char *call, int result) {
  if (result >= 0) return;
  perror(call);
  exit(2);
}

static int bound(int port) {
  int on = 1, s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in name = loopback(port);
  check("SO_REUSEPORT", setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on));
  check("bind", bind(s, (struct sockaddr *)&name, sizeof name));
  return s;
}

static void connect_to(int s, int port) {
  struct sockaddr_in name = loopback(port);
  check("connect", connect(s, (struct sockaddr *)&name, sizeof name));
}

// Who receives from port 2002, where the connected socket connected to port 2001 before, or not.
static void ask(const char *how, int by_way_of_another) {
  char byte;
  int peer = bound(2002), connected = bound(2000);
  if (by_way_of_another) connect_to(connected, 2001);
  connect_to(connected, 2002);
  int other = bound(2000);
  struct sockaddr_in to = loopback(2000);
  check("sendto", sendto(peer, "x", 1, 0, (struct sockaddr *)&to, sizeof to));
  int mine = recv(connected, &byte, 1, 0) == 1;
  printf("%s: %s\n", how, mine ? "connected" : recv(other, &byte, 1, 0) == 1 ? "other" : "none");
  close(peer), close(connected), close(other);
}

int main(void) {
  ask("connected at once", 0);
  ask("connected to another peer before", 1);
}
