import type { OwnPorts } from '../lab/ephemeral.ts';
import type { PresentSocket, Setting } from '../model/types.ts';
import type { Privileged } from '../plan/play.ts';

/**
 * What of a machine counts for the answer about a socket, as `--setting` takes it: the settings that are not the usual ones,
 * and those that decide about the port of this socket.
 * @param ports the ports from which the system of the machine chooses; null where it is not Linux
 */
export function settingsHere(
  { setting, privileged }: { readonly setting: Setting; readonly privileged: Privileged },
  asked: PresentSocket | undefined,
  ports: OwnPorts | null,
): string[] {
  if (asked === undefined) return unusual(setting);
  return [...unusual(setting), ...privilegeFor(asked, setting, privileged), ...chosenPortsFor(asked, ports)];
}

/** The settings of the machine that are not the usual ones. */
function unusual({ host = {} }: Setting): string[] {
  return [
    ...(host.bindv6only === true ? ['net.ipv6.bindv6only=1'] : []),
    ...(host.unprivilegedPortStart === undefined || host.unprivilegedPortStart === 1024
      ? []
      : [`net.ipv4.ip_unprivileged_port_start=${host.unprivilegedPortStart}`]),
    ...(host.nonlocalBind ?? []).map((family) => `net.${family === 'inet' ? 'ipv4' : 'ipv6'}.ip_nonlocal_bind=1`),
    ...(host.tcpL3mdevAccept === true ? ['net.ipv4.tcp_l3mdev_accept=1'] : []),
    ...(host.autobindReuse === true ? ['net.ipv4.ip_autobind_reuse=1'] : []),
    ...Object.entries(host.vrfs ?? {}).flatMap(([vrf, devices]) =>
      devices.length === 0 ? [] : [`vrf=${vrf}:${devices.join(',')}`],
    ),
    ...(host.ipv6 === false ? ['ipv6=0'] : []),
  ];
}

/** That bindspec may not bind the port itself, where no user was named: an explanation takes it for granted that it may. */
function privilegeFor({ port, uid }: PresentSocket, { host }: Setting, privileged: Privileged): string[] {
  const isLow = port > 0 && port < (host?.unprivilegedPortStart ?? 1024);
  return isLow && uid === undefined && privileged[1] === false ? ['privileged=0'] : [];
}

/** The ports from which the system chooses, where the socket asks for one of them or for any. */
function chosenPortsFor({ port }: PresentSocket, ports: OwnPorts | null): string[] {
  if (ports === null || (port !== 0 && (port < ports.from || port > ports.to))) return [];
  return [
    `net.ipv4.ip_local_port_range=${ports.from}-${ports.to}`,
    ...(ports.reserved === '' ? [] : [`net.ipv4.ip_local_reserved_ports=${ports.reserved}`]),
  ];
}
