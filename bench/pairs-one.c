/* Both binds of each pair in one process: pairs-one COUNT. Prints how many pairs it did in a second. */
#include "pairs.h"

int main(int argc, char **argv) {
  long count = argc > 1 ? atol(argv[1]) : 10000, conflicts = 0;
  double began = now();
  for (long pair = 0; pair < count; pair++) {
    int first = bound(pair / SOCKETS % SOCKETS, port_of(pair));
    int second = bound(pair % SOCKETS, port_of(pair));
    if (second < 0) conflicts++;
    else close(second);
    if (first >= 0) close(first);
  }
  printf("%.0f %ld\n", count / (now() - began), conflicts);
}
