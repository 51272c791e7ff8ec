/*
 * All three binds of each triple in one process, on a port that has nothing on it: triples-one udp|tcp. A third TCP socket
 * listens too. A triple whose second socket is refused is not done. Prints how many triples it did in a second, and how
 * many of the third sockets were refused.
 */
#include "pairs.h"

int main(int argc, char **argv) {
  int type = argc > 1 && strcmp(argv[1], "tcp") == 0 ? SOCK_STREAM : SOCK_DGRAM;
  long done = 0, refused = 0;
  double began = now();
  for (int pair = 0; pair < SOCKETS * SOCKETS; pair++) {
    for (int which = 0; which < SOCKETS; which++) {
      int port = port_of(done), first = bound_as(type, pair / SOCKETS, port), second = bound_as(type, pair % SOCKETS, port);
      if (second >= 0) {
        int third = bound_as(type, which, port);
        if (third < 0 || (type == SOCK_STREAM && listen(third, 8) < 0)) refused++;
        if (third >= 0) close(third);
        close(second);
        done++;
      }
      close(first);
      if (second < 0) break;
    }
  }
  printf("%.0f %ld\n", done / (now() - began), refused);
}
