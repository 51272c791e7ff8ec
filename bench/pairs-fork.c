/* The second bind of each pair in a process of its own: pairs-fork COUNT. Prints how many pairs it did in a second. */
#include <sys/wait.h>
#include "pairs.h"

int main(int argc, char **argv) {
  long count = argc > 1 ? atol(argv[1]) : 1000, conflicts = 0;
  double began = now();
  for (long pair = 0; pair < count; pair++) {
    int first = bound(pair / SOCKETS % SOCKETS, port_of(pair)), status = 0;
    pid_t child = fork();
    if (child == 0) _exit(bound(pair % SOCKETS, port_of(pair)) < 0);
    waitpid(child, &status, 0);
    if (status != 0) conflicts++;
    if (first >= 0) close(first);
  }
  printf("%.0f %ld\n", count / (now() - began), conflicts);
}
