import { isOlderVersion } from '../../text/versions.ts';
import { Unavailable } from '../../process/unavailable.ts';
import type { StartedEngine } from '../names.ts';
import { runText } from './held.ts';

const FOLDER = '/proc/sys/net/bridge';

/**
 * Shell text that turns on (1) or off (0) in the shell's network namespace that iptables and ip6tables see the packets between two
 * ports of one bridge. Off is as without the module br_netfilter; a namespace that is made while it is loaded begins with on.
 */
export function bridgeNetfilterText(value: 0 | 1): string {
  return `for setting in ${FOLDER}/bridge-nf-call-iptables ${FOLDER}/bridge-nf-call-ip6tables; do [ ! -e $setting ] || echo ${value} >$setting; done`;
}

/** Sets it on an engine's host. @throws Unavailable where it shall be on and this kernel has not loaded the module */
export async function setBridgeNetfilter(inside: readonly string[], on: boolean): Promise<void> {
  const loaded = await runText(inside, `[ -e ${FOLDER} ] && echo loaded || true`);
  if (on && loaded.trim() === '') {
    throw new Unavailable('the kernel module br_netfilter is not loaded', 'modprobe br_netfilter');
  }
  if (loaded.trim() !== '') await runText(inside, bridgeNetfilterText(on ? 1 : 0));
}

/**
 * Whether an engine loads the module when it starts, on a host where nothing else has: dockerd did up to 27.2, and from 27.3 on
 * only where it needs it, and then it sets it itself (moby/moby#48511, #48685). Podman never does.
 */
export async function loadsBridgeNetfilter(engine: StartedEngine, inside: readonly string[]): Promise<boolean> {
  if (engine !== 'docker') return false;
  const printed = await runText(inside, 'dockerd --version').catch(() => '');
  const version = /\d+(\.\d+)+/.exec(printed)?.[0];
  return version !== undefined && isOlderVersion(version, '27.3');
}
