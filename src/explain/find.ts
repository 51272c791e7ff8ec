import type { PresentSocket, SystemName } from '../model/types.ts';
import type { Reading } from './reader/reading.ts';

/** The command of a system that shows who has a port. */
export interface Finder {
  readonly systems: readonly SystemName[];
  readonly command: string;
}

type Asked = Pick<PresentSocket, 'port'> & {
  /** The protocol; undefined where it may be either. */
  readonly protocol: PresentSocket['protocol'] | undefined;
};

interface Command {
  readonly systems: readonly SystemName[];
  readonly command: (asked: Asked, port: string) => string;
}

/** The commands by system; without a port they list every socket that could be meant. */
const COMMANDS: readonly Command[] = [
  {
    systems: ['linux', 'gvisor', 'wine'],
    command: ({ protocol }, port) => `ss -${SS[protocol ?? 'either']}np${port && ` 'sport = :${port}'`}`,
  },
  {
    systems: ['darwin'],
    command: ({ protocol }, port) => {
      if (protocol === undefined) return `lsof -nP -i${port && `:${port}`}`;
      return protocol === 'tcp'
        ? `lsof -nP -iTCP${port && `:${port}`} -sTCP:LISTEN`
        : `lsof -nP -iUDP${port && `:${port}`}`;
    },
  },
  {
    systems: ['freebsd'],
    command: ({ protocol }, port) =>
      `sockstat -46l${protocol === undefined ? '' : ` -P ${protocol}`}${port && ` -p ${port}`}`,
  },
  {
    systems: ['openbsd'],
    command: ({ protocol }, port) => `fstat -n | grep '${protocol ?? 'internet'} .*${port && `:${port}`}'`,
  },
  { systems: ['netbsd'], command: (_, port) => `sockstat -ln${port && ` -p ${port}`}` },
  {
    systems: ['windows'],
    command: ({ protocol }, port) =>
      `netstat -ano${protocol === undefined ? '' : ` -p ${protocol.toUpperCase()}`}${port && ` | findstr :${port}`}`,
  },
  {
    systems: ['windows'],
    command: ({ protocol }, port) =>
      `Get-Net${protocol === 'udp' ? 'UDPEndpoint' : 'TCPConnection'}${port && ` -LocalPort ${port}`}`,
  },
];

const SS = { tcp: 'lt', udp: 'au', either: 'ltu' } as const;

/** The ranges of ports that Windows excludes; whoever binds one of them gets WSAEACCES. */
const EXCLUDED: Command = {
  systems: ['windows'],
  command: ({ protocol }) => `netsh int ipv4 show excludedportrange protocol=${protocol ?? 'tcp'}`,
};

/** Who has which prefix of HTTP.sys, whose ports belong to process 4 of the system. */
const HTTP_SYS: Command = { systems: ['windows'], command: () => 'netsh http show servicestate' };

/** Commands of engines, which give ports to containers by lists of their own. */
const ENGINES: Readonly<Record<string, (port: string) => string>> = {
  Docker: (port) => `docker ps${port && ` --filter publish=${port}`}`,
  Podman: () => 'podman port --all',
  Kubernetes: (port) =>
    port === '' ? 'kubectl get pods -A -o yaml | grep hostPort' : `kubectl get services -A | grep ${port}`,
};

function isWindows({ systems }: Command): boolean {
  return systems.includes('windows');
}

/**
 * The commands that show who has the port of a socket, for the systems that are asked. To see the processes of other users
 * takes root, or an administrator.
 */
export function findersOf(asked: Reading, systems: readonly SystemName[]): Finder[] {
  const { failure, socket } = asked;
  if (failure?.kind === 'not available' || failure?.kind === 'no such family') return [];
  const port = asked.noPort !== true && socket.port !== 0 ? `${socket.port}` : '';
  const named = { port: socket.port, protocol: asked.either === true ? undefined : socket.protocol };
  const isHttpSys = failure?.program === 'HTTP.sys';
  const own = failure?.kind === 'not permitted' ? [EXCLUDED, ...COMMANDS.filter(isWindows)] : COMMANDS;
  const commands = (isHttpSys ? [HTTP_SYS, ...own] : own).flatMap(({ systems: all, command }) => {
    const some = all.filter((system) => systems.includes(system));
    return some.length === 0 ? [] : [{ systems: some, command: command(named, port) }];
  });
  const engine = failure?.kind === 'in use' ? ENGINES[failure.program ?? '']?.(port) : undefined;
  if (engine === undefined) return commands;
  const first = { systems: [...systems], command: engine };
  // An engine that says "allocated" has looked into its own list only; so does a cluster.
  return failure?.program === 'Kubernetes' || /already allocated/i.test(asked.text)
    ? [first, ...commands]
    : [...commands, first];
}
