import type { EngineHost } from '../../engine/host/engine-host.ts';
import { bridgeNetfilterText } from '../../engine/host/bridge-netfilter.ts';
import { asUser } from '../../engine/host/files.ts';
import { inRootlesskit } from '../../engine/host/rootless-docker.ts';
import type { Configuration } from '../../containers/configurations.ts';
import { NO_ICMP_LIMITS } from '../../lab/icmp-limits.ts';
import { Deadline } from '../../process/pace.ts';

const LIFT = NO_ICMP_LIMITS.given
  .map((setting) => setting.split('='))
  .map(([limit, value]) => `echo ${value} >/proc/sys/net/${limit}`)
  .join('; ');

/**
 * Shell text that prints a line with `inet6` for each address that is not ready. A tentative address can't be bound until the
 * kernel has looked for other machines that have it, and slirp4netns (tap0) advertises its network only after a while.
 */
const UNSETTLED =
  'ip -6 -o addr show tentative; ' +
  'ip link show tap0 >/dev/null 2>&1 && { ip -6 -o addr show dev tap0 scope global | grep -q inet6 || echo no inet6; }';

/** How long addresses may take on a quiet machine, and how often to look at them, in milliseconds. */
const PATIENCE = 6000;
const PAUSE = 100;

/**
 * Removes the limits on ICMP errors in the namespaces of containers, given by their processes, and in the namespace between
 * them and the host where there is one. Then waits until the containers have their IPv6 addresses.
 */
export async function settle(host: EngineHost, configuration: Configuration, pids: readonly number[]): Promise<void> {
  const inContainers = pids.map((pid) => `nsenter --net=/proc/${pid}/ns/net `);
  const each = (enter: readonly string[], text: string) => enter.map((words) => `${words}sh -c '${text}'`).join('; ');
  const lifting = each(inContainers, LIFT) + betweenText(configuration);
  await host.shell(`{ ${lifting}; } 2>/dev/null; true`);
  const deadline = new Deadline(PATIENCE);
  while (!deadline.passed) {
    const left = await host.shell(`{ ${each(['', ...inContainers], UNSETTLED)}; } 2>/dev/null | grep -c inet6 || true`);
    if (left.trim() === '0') return;
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE);
    });
  }
}

/** The same in the namespace of a rootless engine's bridges; that of podman is as on a host where br_netfilter is not loaded. */
function betweenText(configuration: Configuration): string {
  const enter = enterBetween(configuration);
  const bridges = configuration.host.engine === 'podman' ? `; ${bridgeNetfilterText(0)}` : '';
  return enter === null ? '' : `; ${enter} sh -c '${LIFT}${bridges}'`;
}

/**
 * The words that run a command in the network of a rootless engine's bridges: one more namespace, that of its user, from which the
 * gateways answer. Null where there is none.
 */
export function enterBetween({ mode, host }: Configuration): string | null {
  if (host.engine === 'docker') return host.rootless === undefined ? null : inRootlesskit();
  const rootless = host.engine === 'podman' && host.rootless === true;
  return mode === 'bridge' && rootless ? `${asUser().join(' ')} podman unshare --rootless-netns` : null;
}
