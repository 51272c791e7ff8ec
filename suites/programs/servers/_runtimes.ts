import type { ServerDeclaration } from '../../../src/programs/declaration.ts';

/** A runtime with a server on port 8080, which sends back what it gets; its host is the argument of `run`. */
export interface Runtime extends Pick<
  ServerDeclaration,
  'debian' | 'npm' | 'run' | 'files' | 'build' | 'where' | 'limit'
> {
  /** What its documents say of no host, and of ::. */
  readonly anyHost: readonly string[] | null;
  readonly hosts: readonly string[] | null;
  /** Where its documents say that it binds the host that is given, if not where they say what it binds without one. */
  readonly givenWhere?: string;
}

const PYTHON = '/usr/bin/python3';
const EVERY = ['tcp *:8080'];
const DUAL = ['tcp [::]:8080'];

/** The JVM's, which a hand-over needs too. */
export const JAVA: Runtime = {
  debian: 'openjdk-17-jdk-headless',
  run: '/usr/bin/java -cp /srv/app Server',
  build: 'cd /srv/app && javac Server.java',
  files: {
    '/srv/app/Server.java': `import java.net.*;
public class Server {
  public static void main(String[] args) throws Exception {
    ServerSocket server = args.length == 0 ? new ServerSocket(8080) : new ServerSocket(8080, 50, InetAddress.getByName(args[0]));
    while (true) { Socket one = server.accept(); new Thread(() -> { try { one.getInputStream().transferTo(one.getOutputStream()); one.close(); } catch (Exception gone) { } }).start(); }
  }
}
`,
  },
  anyHost: EVERY,
  hosts: DUAL,
  where: 'java.net.ServerSocket of Java 17: connections on any or all local addresses without one',
  limit: 60,
};

/** Every runtime of the table, by its name there. */
export const RUNTIMES = {
  node: {
    run: 'node echo.js',
    files: {
      '/srv/app/echo.js':
        "require('node:net').createServer((one) => one.on('error', () => {}).pipe(one)).listen(8080, process.argv[2]);\n",
    },
    anyHost: DUAL,
    hosts: DUAL,
    where:
      'nodejs.org/api/net.html, server.listen: :: where IPv6 is available, else 0.0.0.0; :: is dual-stack on most systems',
  },
  deno: {
    npm: 'deno@2.9.6',
    run: 'node_modules/@deno/linux-x64-glibc/deno run --allow-all echo.js',
    files: {
      '/srv/app/echo.js': `const hostname = Deno.args[0];
const server = Deno.listen(hostname ? { hostname, port: 8080 } : { port: 8080 });
for await (const one of server) one.readable.pipeTo(one.writable).catch(() => {});
`,
    },
    anyHost: ['tcp 0.0.0.0:8080'],
    hosts: DUAL,
    where: 'docs.deno.com/api/deno/~/Deno.ListenOptions, `hostname`: 0.0.0.0 by default',
  },
  bun: {
    npm: '@oven/bun-linux-x64@1.4.5',
    run: 'node_modules/@oven/bun-linux-x64/bin/bun echo.js',
    files: {
      '/srv/app/echo.js':
        "const hostname = process.argv[2];\nBun.serve({ port: 8080, ...(hostname ? { hostname } : {}), fetch: () => new Response('here') });\n",
    },
    anyHost: ['tcp 0.0.0.0:8080'],
    hosts: DUAL,
    where: 'bun.com/docs/runtime/http/server, changing the port and hostname: `hostname` is 0.0.0.0 by default',
  },
  'python socketserver': {
    debian: 'python3',
    run: `${PYTHON} echo.py`,
    files: {
      '/srv/app/echo.py': `import socketserver, sys
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile: self.wfile.write(line)
host = sys.argv[1] if len(sys.argv) > 1 else ''
with socketserver.ThreadingTCPServer((host, 8080), Echo) as server: server.serve_forever()
`,
    },
    anyHost: ['tcp 0.0.0.0:8080'],
    hosts: null,
    where:
      "docs.python.org/3/library/socketserver.html, address_family: AF_INET; library/socket.html: '' is INADDR_ANY",
  },
  'python asyncio': {
    debian: 'python3',
    run: `${PYTHON} echo.py`,
    files: {
      '/srv/app/echo.py': `import asyncio, sys
async def echo(reader, writer):
    while data := await reader.read(100): writer.write(data)
    writer.close()
async def main():
    host = sys.argv[1] if len(sys.argv) > 1 else None
    server = await asyncio.start_server(echo, host, 8080)
    await server.serve_forever()
asyncio.run(main())
`,
    },
    anyHost: ['tcp 0.0.0.0:8080', 'tcp [::]:8080'],
    hosts: DUAL,
    where: 'docs.python.org/3/library/asyncio-eventloop.html, create_server: without a host a socket for each family',
  },
  'python http.server': {
    debian: 'python3',
    run: `${PYTHON} here.py`,
    files: {
      '/srv/app/here.py': `import http.server, sys
class Echo(http.server.BaseHTTPRequestHandler):
    def handle(self):
        for line in self.rfile: self.wfile.write(line)
host = sys.argv[1] if len(sys.argv) > 1 else ''
http.server.ThreadingHTTPServer((host, 8080), Echo).serve_forever()
`,
    },
    anyHost: ['tcp 0.0.0.0:8080'],
    hosts: null,
    where:
      "docs.python.org/3/library/socketserver.html, address_family: AF_INET; library/socket.html: '' is INADDR_ANY",
  },
  go: {
    debian: 'golang-1.19-go golang-go',
    run: '/srv/app/echo',
    build: 'cd /srv/app && HOME=/tmp GO111MODULE=off GOCACHE=/tmp/go go build -o echo echo.go',
    files: {
      '/srv/app/echo.go': `package main
import ("io"; "log"; "net"; "os")
func main() {
  host := ""
  if len(os.Args) > 1 { host = os.Args[1] }
  server, err := net.Listen("tcp", net.JoinHostPort(host, "8080"))
  if err != nil { log.Fatal(err) }
  for { one, err := server.Accept(); if err == nil { go io.Copy(one, one) } }
}
`,
    },
    anyHost: EVERY,
    hosts: DUAL,
    where: 'pkg.go.dev/net#Listen: all addresses where the host is empty; at most one address of a name',
  },
  java: JAVA,
  ruby: {
    debian: 'ruby',
    run: '/usr/bin/ruby echo.rb',
    files: {
      '/srv/app/echo.rb':
        "require 'socket'\nserver = TCPServer.new(*ARGV[0, 1], 8080)\nloop { Thread.new(server.accept) { |one| IO.copy_stream(one, one) rescue nil } }\n",
    },
    anyHost: EVERY,
    hosts: DUAL,
    where: 'docs.ruby-lang.org, TCPServer.new: bound to the port on every address where no host is given',
  },
  php: {
    debian: 'php8.2-cli',
    run: '/usr/bin/php echo.php',
    files: {
      '/srv/app/echo.php': `<?php
$host = $argv[1] ?? '';
$host = $host === '::' ? '[::]' : $host;
$server = $host === '' ? socket_export_stream(socket_create_listen(8080)) : stream_socket_server("tcp://$host:8080");
if (!$server) exit(1);
while ($one = stream_socket_accept($server, -1)) { while (($line = fgets($one)) !== false) fwrite($one, $line); }
`,
    },
    anyHost: ['tcp 0.0.0.0:8080'],
    hosts: DUAL,
    where: 'php.net, socket_create_listen: every local interface, as an IPv4 socket',
    givenWhere: 'php.net, stream_socket_server',
  },
  perl: {
    debian: 'perl',
    run: '/usr/bin/perl echo.pl',
    files: {
      '/srv/app/echo.pl': `use IO::Socket::IP;
my @host = @ARGV ? (LocalHost => $ARGV[0]) : ();
my $server = IO::Socket::IP->new(@host, LocalPort => 8080, Type => SOCK_STREAM, Listen => 5) or die "$@ $!";
while (my $one = $server->accept) { next if fork; while (my $line = <$one>) { syswrite $one, $line } exit }
`,
    },
    anyHost: EVERY,
    hosts: DUAL,
    where: 'IO::Socket::IP(3perl), LocalHost and Listen: a wildcard address where no host is given',
  },
  C: {
    debian: 'gcc libc6-dev',
    run: '/srv/app/echo',
    build: 'cd /srv/app && cc -o echo echo.c',
    files: {
      '/srv/app/echo.c': `#include <netdb.h>
#include <stdio.h>
#include <unistd.h>
int main(int count, char **words) {
  struct addrinfo hints = { .ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM }, *found;
  if (getaddrinfo(count > 1 ? words[1] : NULL, "8080", &hints, &found)) return 1;
  int server = socket(found->ai_family, SOCK_STREAM, 0), one;
  if (bind(server, found->ai_addr, found->ai_addrlen) || listen(server, 5)) { perror("bind"); return 1; }
  while ((one = accept(server, 0, 0)) >= 0) {
    char text[100]; long size;
    if (fork()) { close(one); continue; }
    while ((size = read(one, text, 100)) > 0) write(one, text, size);
    return 0;
  }
}
`,
    },
    anyHost: EVERY,
    hosts: DUAL,
    where:
      'getaddrinfo(3), AI_PASSIVE: the wildcard address of one family where no host is given; ipv6(7): :: is dual-stack',
  },
} as const satisfies Readonly<Record<string, Runtime>>;
