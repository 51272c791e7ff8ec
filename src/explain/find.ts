import type { PresentSocket, SystemName } from '../model/types.ts';
import type { Failure } from './reader/failure.ts';

/** The command of a system that shows who has a port. */
export interface Finder {
  readonly systems: readonly SystemName[];
  readonly command: string;
}

type Asked = Pick<PresentSocket, 'protocol' | 'port'>;

/** The commands by system; without a port they list every socket that could be meant. */
const COMMANDS: readonly {
  readonly systems: readonly SystemName[];
  readonly command: (asked: Asked, port: string) => string;
}[] = [
  {
    systems: ['linux', 'gvisor', 'wine'],
    command: ({ protocol }, port) => `ss -${protocol === 'tcp' ? 'lt' : 'au'}np${port && ` 'sport = :${port}'`}`,
  },
  {
    systems: ['darwin'],
    command: ({ protocol }, port) =>
      protocol === 'tcp' ? `lsof -nP -iTCP${port && `:${port}`} -sTCP:LISTEN` : `lsof -nP -iUDP${port && `:${port}`}`,
  },
  {
    systems: ['freebsd'],
    command: ({ protocol }, port) => `sockstat -46l -P ${protocol}${port && ` -p ${port}`}`,
  },
  {
    systems: ['openbsd'],
    command: ({ protocol }, port) => `fstat -n | grep '${protocol} .*${port && `:${port}`}'`,
  },
  { systems: ['netbsd'], command: (_, port) => `sockstat -ln${port && ` -p ${port}`}` },
  {
    systems: ['windows'],
    command: ({ protocol }, port) => `netstat -ano -p ${protocol.toUpperCase()}${port && ` | findstr :${port}`}`,
  },
  {
    systems: ['windows'],
    command: ({ protocol }, port) =>
      `Get-Net${protocol === 'tcp' ? 'TCPConnection' : 'UDPEndpoint'}${port && ` -LocalPort ${port}`}`,
  },
];

/** The ranges of ports that Windows excludes; whoever binds one of them gets WSAEACCES. */
const EXCLUDED: (typeof COMMANDS)[number] = {
  systems: ['windows'],
  command: ({ protocol }) => `netsh int ipv4 show excludedportrange protocol=${protocol}`,
};

function isWindows({ systems }: (typeof COMMANDS)[number]): boolean {
  return systems.includes('windows');
}

/**
 * The commands that show who has the port of a socket, for the systems that are asked. To see the processes of other users
 * takes root, or an administrator.
 */
export function findersOf(
  asked: Asked,
  systems: readonly SystemName[],
  isPortKnown: boolean,
  failure?: Pick<Failure, 'kind'>,
): Finder[] {
  if (failure?.kind === 'not available' || failure?.kind === 'no such family') return [];
  const port = isPortKnown && asked.port !== 0 ? `${asked.port}` : '';
  const commands = failure?.kind === 'not permitted' ? [EXCLUDED, ...COMMANDS.filter(isWindows)] : COMMANDS;
  return commands.flatMap(({ systems: all, command }) => {
    const own = all.filter((system) => systems.includes(system));
    return own.length === 0 ? [] : [{ systems: own, command: command(asked, port) }];
  });
}
