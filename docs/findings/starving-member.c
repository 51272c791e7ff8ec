// A member of a group of SO_REUSEPORT receives nothing any more after another member connected and a third one joined.
//
// On Linux (since 6.13) a UDP socket that is bound to an address leaves its group when it connects. A socket that is
// bound later meets the connected one first and makes a new group with it; the old group comes later in the list, and
// is never asked. See udp_reuseport_add_sock() and udp_lib_hash4() in net/ipv4/udp.c.
//
//   cc -o starving-member starving-member.c && unshare --net sh -c 'ip link set lo up && ./starving-member'
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

static int received(int s) {
  char byte;
  int count = 0;
  while (recv(s, &byte, 1, 0) == 1) count += 1;
  return count;
}

// How many of 100 senders each of the two members that are not connected hears.
static void ask(const char *how, int first, int third) {
  struct sockaddr_in to = loopback(2000);
  for (int sender = 0; sender < 100; sender += 1) {
    int s = bound(0);
    check("sendto", sendto(s, "x", 1, 0, (struct sockaddr *)&to, sizeof to));
    close(s);
  }
  printf("%s: first %d, third %d\n", how, received(first), third < 0 ? 0 : received(third));
}

int main(void) {
  struct sockaddr_in peer = loopback(2001);
  int first = bound(2000), second = bound(2000);
  check("connect", connect(second, (struct sockaddr *)&peer, sizeof peer));
  ask("before the third joins", first, -1);
  ask("after the third has joined", first, bound(2000));
}
