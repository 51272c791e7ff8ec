// A multicast is handed to a member of a group of SO_REUSEPORT that has IP_MULTICAST_ALL off and has joined nothing.
//
// Where exactly one socket of the port wants a multicast of another host, early demultiplexing takes it, and the hash of
// that socket's group chooses: __udp4_lib_mcast_demux_lookup() in Linux' net/ipv4/udp.c, and inet_steal_sock().
//
//   cc -o unwanted-multicast unwanted-multicast.c && unshare --net ./unwanted-multicast
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
static void check(const char *call, int result) {
  if (result != 0) perror(call), exit(2);
}
static int bound(const char *address, int port, int option, int value) {
  int on = 1, s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr(address)};
  check("SO_REUSEPORT", setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on));
  check("setsockopt", setsockopt(s, IPPROTO_IP, option, &value, sizeof value));
  check("bind", bind(s, (struct sockaddr *)&name, sizeof name));
  return s;
}
static int received(int s) { return recv(s, &(char){0}, 1, 0) == 1 ? 1 + received(s) : 0; }
static const char *share(int count) { return count == 100 ? "all" : count > 0 ? "some" : "none"; }
// Sends from 100 ports of an address to the group, and says who received. A link that is not up yet loses all of them.
static void ask(const char *from, int willing, int unwilling) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(2000), .sin_addr.s_addr = inet_addr("239.9.9.9")};
  int heard = 0, unasked = 0;
  for (int tries = 0; tries < 50 && heard + unasked == 0; tries += 1) {
    for (int sender = 0, s; sender < 100; sender += 1, close(s)) {
      s = bound(from, 0, IP_MULTICAST_IF, (int)inet_addr(from));
      check("sendto", sendto(s, "x", 1, 0, (struct sockaddr *)&to, sizeof to) - 1);
    }
    for (int waits = 0; waits < (heard + unasked > 0 ? 500 : 20) && heard + unasked < 100; waits += 1)
      usleep(10000), heard += received(willing), unasked += received(unwilling);
  }
  printf("from %s: willing %s, unwilling %s\n", from, share(heard), share(unasked));
}
int main(void) {
  char move[60];
  int own = open("/proc/self/ns/net", O_RDONLY), stays = fork();
  if (stays == 0) return prctl(PR_SET_PDEATHSIG, 9) || pause();
  check("unshare", unshare(CLONE_NEWNET));
  check("ip", system("ip link add v2 type veth peer name v1 && ip addr add 10.9.9.2/24 dev v2 && ip link set v2 up"));
  int other = open("/proc/self/ns/net", O_RDONLY);
  snprintf(move, sizeof move, "ip link set v1 netns %d", stays);
  check("ip", system(move));
  check("setns", setns(own, CLONE_NEWNET));
  check("ip", system("ip addr add 10.9.9.1/24 dev v1 && ip link set v1 up"));
  struct ip_mreq join = {.imr_multiaddr.s_addr = inet_addr("239.9.9.9"), .imr_interface.s_addr = inet_addr("10.9.9.1")};
  check("IP_ADD_MEMBERSHIP", setsockopt(bound("0.0.0.0", 2001, IP_TTL, 1), IPPROTO_IP, IP_ADD_MEMBERSHIP, &join, sizeof join));
  int willing = bound("0.0.0.0", 2000, IP_MULTICAST_ALL, 1), unwilling = bound("0.0.0.0", 2000, IP_MULTICAST_ALL, 0);
  ask("10.9.9.1", willing, unwilling);
  check("setns", setns(other, CLONE_NEWNET));
  ask("10.9.9.2", willing, unwilling);
}
