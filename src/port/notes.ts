import { isIPv6 } from '../published/publication.ts';
import type { HeldSocket } from '../sockets/held.ts';
import type { PortReceiver } from './report.ts';

/** Programs that only pass on what they get, and what of their arguments tells where to. */
export function passesOn({ holders }: HeldSocket): string | undefined {
  for (const { program, command } of holders) {
    if (program !== 'docker-proxy') continue;
    const after = (option: string) => command[command.indexOf(option) + 1];
    const [address, port] = ['-container-ip', '-container-port'].map((option) =>
      command.includes(option) ? after(option) : undefined,
    );
    if (address === undefined || port === undefined) continue;
    return `docker-proxy passes it on to the container at ${isIPv6(address) ? `[${address}]` : address}:${port}`;
  }
  const passer = holders.find(({ program }) => PASSERS.has(program));
  return passer === undefined ? undefined : `${passer.program} passes it on to a container or another machine`;
}

/** The programs of rootless engines, of Kubernetes and of virtual machines that do that. */
const PASSERS: ReadonlySet<string> = new Set([
  'rootlessport',
  'slirp4netns',
  'pasta',
  'pasta.avx2',
  'gvproxy',
  'rootlesskit',
  'kube-proxy',
  'systemd-socket-proxyd',
  'socat',
]);

/** What the range of chosen ports means for a port. */
export function chosenNote(
  port: number,
  ports: { readonly from: number; readonly to: number; readonly reserved: string } | null,
): string | undefined {
  if (ports === null || port < ports.from || port > ports.to) return undefined;
  const range = `${ports.from}-${ports.to}`;
  return isReserved(port, ports.reserved)
    ? `The kernel chooses ports from ${range}, and never this one (ip_local_reserved_ports).`
    : `The kernel chooses ports from ${range}: an outgoing connection may have this one first.`;
}

/** `8080,9000-9010`. */
function isReserved(port: number, text: string): boolean {
  return text.split(',').some((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return part.trim() !== '' && from <= port && port <= to;
  });
}

/** Where one family reaches a program and the other reaches no one: the name `localhost` may mean either. */
export function familyNote(receivers: readonly PortReceiver[]): string | undefined {
  const reached = (address: string) => {
    const who = receivers.find(({ to }) => to.includes(address))?.who;
    return who === undefined ? undefined : who.some((one) => typeof one !== 'string');
  };
  const [four, six] = [reached('127.0.0.1'), reached('::1')];
  if (four === true && six === false) {
    return 'No one has ::1: a client that takes `localhost` for ::1 only is refused.';
  }
  if (six === true && four === false) {
    return 'No one has 127.0.0.1: a client that takes `localhost` for 127.0.0.1 only is refused.';
  }
  return undefined;
}
