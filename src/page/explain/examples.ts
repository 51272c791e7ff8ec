/** Sockets that people run into, for who does not know where to begin. */
export const EXAMPLES: readonly { readonly title: string; readonly texts: readonly string[] }[] = [
  {
    title: 'a dual-stack wildcard after an IPv4 socket',
    texts: ['udp 127.0.0.1:53', 'udp [::]:53 v6only=0 reuseaddr'],
  },
  {
    title: 'a DNS server beside a stub resolver',
    texts: ['udp 127.0.0.53:53', 'udp 0.0.0.0:53'],
  },
  {
    title: 'a server that is started again',
    texts: ['tcp 0.0.0.0:80 time-wait local=192.0.2.1', 'tcp 0.0.0.0:80 reuseaddr'],
  },
  {
    title: 'two workers that share a port',
    texts: ['tcp 0.0.0.0:8080 reuseport listening', 'tcp 0.0.0.0:8080 reuseport'],
  },
  {
    title: 'a port taken from under a wildcard',
    texts: ['tcp 0.0.0.0:80 listening uid=33', 'tcp 127.0.0.1:80 reuseaddr uid=1000'],
  },
  {
    title: 'a line of ss',
    texts: ['tcp LISTEN 0 128 *:80 *:*', 'tcp 127.0.0.1:80 reuseaddr'],
  },
];
