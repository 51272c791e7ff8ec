import type { EngineHost } from '../../../engine/host/engine-host.ts';
import type { TimeEvent } from '../../../containers/time.ts';
import type { ConfigurationRecord } from '../../../record/containers.ts';
import { portListeners } from '../conflicts.ts';
import type { Subject } from './subject.ts';

type Left = { listeners: string[]; rules: number };

/** Makes an event happen to a container, with a server in it again where it runs afterwards. @throws EngineFailed */
export async function happen(host: EngineHost, event: TimeEvent, subject: Subject, network: string): Promise<void> {
  const { engine, daemon } = host;
  const { name } = subject;
  switch (event) {
    case 'restart':
      await engine.command('restart', '--time=0', name);
      return subject.serve();
    case 'replace':
      await engine.remove([name]);
      await subject.run();
      return subject.serve();
    case 'stop':
      await engine.command('stop', '--time=0', name);
      subject.server = null;
      return;
    case 'reconnect':
      await engine.command('network', 'disconnect', network, name);
      await engine.command('network', 'connect', network, name);
      return;
    case 'forwarder killed':
      await host.shell(`kill -KILL ${(await forwarders(host, subject)).join(' ')}`);
      return;
    case 'engine killed':
      if (daemon !== undefined) return daemon.end('KILL');
      await host.shell(`kill -KILL ${await monitorOf(host, name)}`);
      return;
    case 'engine restart':
      await daemon?.end('TERM');
      await daemon?.start();
      return subject.serve();
    case 'engine started again':
      await daemon?.start();
      return subject.serve();
  }
}

/** The processes that listen on the host for a container's ports and do nothing else. */
export async function forwarders(host: EngineHost, { ports }: Subject): Promise<number[]> {
  const printed = await host.shell('ss -Hlntup');
  const own = printed
    .split('\n')
    .filter((line) => Object.values(ports).some((port) => line.includes(`:${port.host} `)));
  const pids = own.flatMap((line) => {
    const found = /\(\("([^"]+)",pid=(\d+)/.exec(line);
    return found === null || ['conmon', 'dockerd'].includes(found[1] ?? '') ? [] : [Number(found[2])];
  });
  return [...new Set(pids)];
}

/** The process that podman leaves with each container: it has no other that stays. */
async function monitorOf({ engine }: EngineHost, name: string): Promise<string> {
  return (await engine.command('container', 'inspect', '--format', '{{.State.ConmonPid}}', name)).trim();
}

/** What there is on the host of a container's published ports. */
export async function leftOf(host: EngineHost, { ports }: Subject): Promise<Left> {
  const [sockets = '', rules = ''] = (
    await host.shell(
      'ss -Hlntup; echo ====; { iptables-save; ip6tables-save; } 2>/dev/null; echo ----; nft list ruleset 2>/dev/null',
    )
  ).split('====');
  const [first = '', second = ''] = rules.split('----');
  const numbers = new Set(Object.values(ports).map((port) => String(port.host)));
  const lines = (text: string) =>
    text.split('\n').filter((line) => (line.match(/\d+/g) ?? []).some((number) => numbers.has(number))).length;
  const listeners = [
    ...portListeners(sockets, 'tcp', ports.tcp.host),
    ...portListeners(sockets, 'udp', ports.udp.host),
  ];
  // Rules of iptables are shown by nft as well.
  return { listeners: [...new Set(listeners)].toSorted(), rules: lines(first) || lines(second) };
}

/** What there was before an event, and what there is now. */
export function stayOf(event: TimeEvent, before: Left, after: Left): NonNullable<ConfigurationRecord['stays']>[number] {
  return {
    event,
    listeners: { before: before.listeners, after: after.listeners },
    rules: { before: before.rules, after: after.rules },
  };
}
