import { AgentProcess } from '../../../harness/agent-process.ts';
import { EngineFailed } from '../../../engine/engine.ts';
import type { EngineHost } from '../../../engine/host/engine-host.ts';
import { agentCommand } from '../../../lab/agent-command.ts';
import { NAME_NETWORKS, NAMES, type NameNetwork } from '../../../containers/ports.ts';
import type { ConfigurationRecord } from '../../../record/containers.ts';
import { nameOnLan } from '../addresses.ts';
import { start, type Actor } from '../scene.ts';
import { networkOfCase, type PortsAround } from './around.ts';

type Names = NonNullable<ConfigurationRecord['ports']>['names'];

/** The networks that engines have by themselves. */
const DEFAULTS = { podman: 'podman', docker: 'bridge' } as const;

/** A container's files for names in place of the machine's: the resolver of the C library then does what it does in there. */
const AMONG_ITS_FILES = `
mount -t tmpfs tmpfs /mnt || exit
printf '%s\\n' "$1" >/mnt/hosts; printf '%s\\n' "$2" >/mnt/resolv.conf; echo 'hosts: files dns' >/mnt/nsswitch.conf
for file in hosts resolv.conf nsswitch.conf; do mount --bind /mnt/$file /etc/$file || exit; done
shift 2
exec env RES_OPTIONS='timeout:1 attempts:1' "$@"
`;

/** Asks what names are in a container, on a network that was made and on the engine's own. */
export async function askNames(around: PortsAround): Promise<Names> {
  const found: Names = [];
  for (const network of NAME_NETWORKS) {
    const mode = modeOf(around, network);
    if (mode !== null) found.push(...(await namesOn(around, network, mode)));
  }
  return found;
}

function modeOf({ configuration, host }: PortsAround, network: NameNetwork): string | null {
  if (network === 'made') return networkOfCase(configuration, false);
  const { name } = host.engine;
  return configuration.mode === 'bridge' && (name === 'podman' || name === 'docker') ? DEFAULTS[name] : null;
}

async function namesOn({ host, agents }: PortsAround, network: NameNetwork, mode: string): Promise<Names> {
  const own = `names-${network}`;
  const other = `names-${network}-other`;
  try {
    const actors = { own: await start(host, own, mode), other: await start(host, other, mode) };
    const files = await namingFiles(host, actors.own);
    if (files === null) return [];
    const command = [...host.launchIn(actors.own.pid), ...amongFiles(files), ...agentCommand()];
    const { agent } = await AgentProcess.start({ command, title: `the agent in ${own}` });
    agents.push(agent);
    const found = await Promise.all(
      NAMES.map(async (name) => {
        const asked = { own, other }[name as string] ?? name;
        const [result] = await agent.ask([{ op: 'resolve', name: asked }], false);
        const { outcome = 'silence', addresses = [] } = result ?? {};
        return {
          network,
          name,
          addresses: addresses.map((address) => nameOf(address, actors)),
          ...(outcome === 'ok' ? {} : { failure: outcome }),
        };
      }),
    );
    await agent.end();
    return found;
  } catch (error) {
    if (error instanceof EngineFailed && network === 'default') return [];
    throw error;
  } finally {
    await host.engine.remove([own, other]).catch(() => undefined);
  }
}

/** The words that start a command among those files. */
function amongFiles({ hosts, resolver }: { hosts: string; resolver: string }): string[] {
  return ['unshare', '--mount', 'sh', '-c', AMONG_ITS_FILES, 'sh', hosts, resolver];
}

/** The files of a container that say what names are; null where it has none. */
async function namingFiles(host: EngineHost, { pid }: Actor): Promise<{ hosts: string; resolver: string } | null> {
  const read = async (file: string) => host.shell(`cat /proc/${pid}/root/etc/${file} 2>/dev/null || true`);
  const [hosts, resolver] = [await read('hosts'), await read('resolv.conf')];
  return hosts === '' && resolver === '' ? null : { hosts, resolver };
}

function nameOf(address: string, actors: Readonly<Record<'own' | 'other', Actor>>): string {
  for (const [name, { inet, inet6, gateway, gateway6 }] of Object.entries(actors)) {
    const whose = name === 'own' ? 'its own' : "the other's";
    if (address === inet) return `${whose} address`;
    if (address === inet6) return `${whose} IPv6 address`;
    if (address === gateway || address === gateway6) return 'the gateway';
  }
  return nameOnLan(address) ?? address;
}
