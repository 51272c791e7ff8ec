import { declare, type ServerDeclaration } from '../../../src/programs/declaration.ts';
import { JAVA, RUNTIMES, type Runtime } from './_runtimes.ts';

const HOSTS = ['', 'localhost', '127.0.0.1', '::'] as const;

/** A server of ten lines that sends back what it gets, in each runtime, without a host and on each of these. */
const servers = Object.entries(RUNTIMES).flatMap(([name, runtime]) =>
  HOSTS.map((host): [string, ServerDeclaration] => [`${name} ${host}`.trim(), onHost(runtime, host)]),
);

function onHost(
  { anyHost, hosts, run, where, givenWhere, ...rest }: Runtime,
  host: (typeof HOSTS)[number],
): ServerDeclaration {
  const says = { '': anyHost, localhost: ['tcp localhost:8080'], '127.0.0.1': ['tcp 127.0.0.1:8080'], '::': hosts };
  if (host === '') return { ...rest, run, says: says[host], where };
  const [document = where] = (givenWhere ?? where).split(': ');
  return { ...rest, run: `${run} ${host}`, says: says[host], where: `${document}: the host that is given` };
}

/** One runtime's server is killed with a client connected, and that of another is started on its port at once. */
function handOver(first: Runtime, second: Runtime): ServerDeclaration {
  const [a, b] = [packages(first), packages(second)];
  const debian = [...new Set([...a, ...b])].join(' ');
  const build = [first.build, second.build].filter((line) => line !== undefined).join(' && ');
  return {
    ...(debian === '' ? {} : { debian }),
    ...(build === '' ? {} : { build }),
    run: 'bash handover.sh',
    files: {
      ...first.files,
      ...second.files,
      '/srv/app/handover.sh': [
        `${first.run} 127.0.0.1 &`,
        'for _ in $(seq 200); do exec 3<>/dev/tcp/127.0.0.1/8080 && break; sleep 0.1; done 2>/dev/null',
        'echo here >&3; read -r -t 5 answer <&3; echo "the first answered: $answer"',
        'kill -KILL $!; wait $! 2>/dev/null; echo "the first was killed"',
        `exec ${second.run} 127.0.0.1`,
        '',
      ].join('\n'),
    },
    says: null,
    where: 'no document promises it: it depends on SO_REUSEADDR of both',
    settle: 3,
    limit: 60,
  };
}

function packages({ debian = '' }: Runtime): string[] {
  return debian.split(' ').filter((word) => word !== '');
}

const { node, 'python socketserver': socketserver, 'python http.server': httpServer, go, perl, C, ruby } = RUNTIMES;

/** Servers of ten lines in many runtimes. */
export default declare('runtimes', {
  ...Object.fromEntries(servers),
  'node to python socketserver': handOver(node, socketserver),
  'python socketserver to node': handOver(socketserver, node),
  'python http.server to node': handOver(httpServer, node),
  'node to go': handOver(node, go),
  'go to perl': handOver(go, perl),
  'C to ruby': handOver(C, ruby),
  'java to node': handOver(JAVA, node),
});
