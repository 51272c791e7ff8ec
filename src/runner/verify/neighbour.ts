import process from 'node:process';
import { HeldShell } from '../../lab/held-shell.ts';
import { makeWritable, unsetIn } from '../../lab/namespace-settings.ts';
import { holdNamespace, inside, up, type Holder } from '../../lab/netns-topology.ts';
import { onPath } from '../../lab/programs.ts';
import { isIPv6, isLoopback } from '../../published/publication.ts';
import { NotVerifiable } from './namespace.ts';
import { readOnlyMount, whyUnset } from '../../lab/unset-settings.ts';

/** How long to wait until it is made, in milliseconds. It takes some tens of them; if it takes longer, something is wrong. */
const DEADLINE = 10_000;

/** The networks that are for documentation (RFC 5737), which no one is in: the first that the host is not in is used. */
const DOCUMENTATION = ['198.51.100', '203.0.113', '192.0.2'];

/** A network of this project's own (RFC 4193), random as it has to be. */
const INET6 = 'fd8c:6e1d:b1d5:5bec';

/** The name of the host's end of the cable. */
const DEVICE = 'bindspec-verify';

/** Another machine, as the host sees it. */
export interface Neighbour {
  readonly enter: readonly string[];
  /** Removes the neighbour, and with it the host's end of its cable. Never throws. */
  close(): Promise<void>;
}

/**
 * Makes a network namespace that is joined to the host by a cable (veth) of its own. It sends packets for these addresses,
 * also those in 127.0.0.0/8, to the host, and has no other route. It is gone when this process ends, no matter how.
 * @throws NotVerifiable when that can't be done here.
 */
export async function makeNeighbour(asked: readonly string[], own: readonly string[]): Promise<Neighbour> {
  if (process.getuid?.() !== 0) {
    throw new NotVerifiable(
      '--neighbour makes a network namespace connected to this host, and only root can do that: run it with sudo',
    );
  }
  for (const [tool, pack] of [
    ['ip', 'iproute2'],
    ['unshare', 'util-linux'],
  ] as const) {
    if (!onPath(tool)) throw new NotVerifiable(`the program '${tool}' is not installed: apt-get install ${pack}`);
  }
  const network = DOCUMENTATION.find((one) => !own.some((address) => address.startsWith(`${one}.`)));
  if (network === undefined)
    throw new NotVerifiable(
      'this host has addresses in every network reserved for documentation: leave out --neighbour',
    );
  const readOnly = readOnlyMount();
  const mount = readOnly === null ? [] : ['--mount'];
  const shell = new HeldShell(['unshare', ...mount, '--pid', '--fork', '--kill-child=KILL', 'sh'], DEADLINE);
  try {
    if (readOnly !== null) shell.write(`${makeWritable(readOnly)}\n`);
    shell.write(holdNamespace('neighbour'));
    const [, , inner = '', outer = ''] = ((await shell.next()) ?? '').split(' ');
    shell.write(wire({ inner, outer }, network, asked));
    const answer = await shell.next();
    const unset = unsetIn(answer ?? '');
    if (unset !== null) {
      const { reason, enable } = whyUnset([unset]);
      throw new NotVerifiable(`a neighbour can't be made here: ${reason}; ${enable}`);
    }
    if (answer !== 'wired')
      throw new NotVerifiable(`a neighbour can't be made here: ${shell.complaint || 'no answer'}`);
    return { enter: ['nsenter', `--net=/proc/${outer}/ns/net`, '--'], close: () => shell.close() };
  } catch (error) {
    await shell.close();
    throw error;
  }
}

/** Shell text that joins a namespace to the shell's own namespace, and prints `wired`. */
function wire(holder: Holder, network: string, asked: readonly string[]): string {
  const routes = asked
    .filter((address) => !isLoopback(address))
    .map((address) => `route add ${address} via ${isIPv6(address) ? `${INET6}::1` : `${network}.1`}`);
  return [
    inside(
      'host',
      null,
      [],
      [
        `link add ${DEVICE} type veth peer name eth0 netns ${holder.inner}`,
        ...up(DEVICE, `${network}.1/30`, `${INET6}::1/64`),
      ],
    ),
    // Loopback is down, so that no interface in here has 127.0.0.0/8.
    inside(
      'neighbour',
      holder,
      ['ipv4/conf/all/route_localnet=1', 'ipv6/conf/default/accept_ra=0'],
      [...up('eth0', `${network}.2/30`, `${INET6}::2/64`), ...routes, `route add 127.0.0.0/8 via ${network}.1`],
    ),
    'echo wired\n',
  ].join('');
}
