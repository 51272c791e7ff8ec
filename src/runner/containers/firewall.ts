import { ALLOWED_PORT, FIREWALL_COMMANDS, type HostFirewall } from '../../engine/host/firewalls.ts';
import type { EngineHost } from '../../engine/host/engine-host.ts';
import { LAN } from '../../engine/host/topology.ts';
import { innerPort, publishedPort, TCP_AND_UDP, type Asker, type Published } from '../../containers/cases.ts';
import { FIREWALL_STATES, OTHER_PORT, type FirewallState } from '../../containers/firewall.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';
import type { Protocol } from '../../model/types.ts';
import type { ConfigurationRecord } from '../../record/containers.ts';
import type { Agents } from './ask.ts';
import { askAll, type Pace } from './ask-all.ts';
import type { Scene } from './scene.ts';
import { serving } from './serving.ts';

type Outcome = NonNullable<ConfigurationRecord['firewall']>[number];

/** A question about the firewall: who asks for what, at which address and port. */
interface Question {
  subject: string;
  protocol: Protocol;
  asker: Asker;
  target: string;
  address: string;
  port: number;
}

interface Around {
  host: EngineHost;
  scene: Scene;
  agents: Agents;
  firewall: HostFirewall;
  pace: Pace;
}

/** The containers that are asked for behind a firewall. */
export const BEHIND_FIREWALL = ['every', '127.0.0.1', 'not'] as const satisfies readonly Published[];

/** Asks what a firewall keeps, as it was set up, and after each thing that is then done on the host. */
export async function askBehindFirewall({ host, scene, agents, firewall, pace }: Around): Promise<Outcome[]> {
  const own = agents.at.host as AgentProcess;
  await serveOnHost(own);
  const questions = questionsOf(scene).filter(({ asker }) => agents.at[asker] !== undefined);
  const found: Outcome[] = [];
  for (const state of FIREWALL_STATES) {
    if (state === 'DOCKER-USER drops' && host.engine.name !== 'docker') continue;
    if (!(await bringAbout(host, firewall, state))) continue;
    const rule = await ruleFor(host, publishedPort({ protocol: 'tcp', bind: '0.0.0.0', published: 'every' }));
    await Promise.all(
      (['neighbour', 'attacker', 'peer', 'stranger'] as const).map(async (asker) => {
        const agent = agents.at[asker];
        const mine = questions.filter((one) => one.asker === asker);
        if (agent === undefined) return;
        const asked = mine.map(({ protocol, address, port }) => ({ socket: protocol, address, port, bytes: 1 }));
        const came = await askAll(agent, asked, pace);
        for (const [index, { outcome }] of came.entries()) {
          const { subject, protocol, target } = mine[index] as Question;
          const translated = subject === 'published on every' && protocol === 'tcp' && rule !== undefined;
          found.push({ firewall, state, subject, protocol, asker, target, outcome, ...(translated ? { rule } : {}) });
        }
      }),
    );
  }
  return found;
}

function questionsOf(scene: Scene): Question[] {
  const { every, '127.0.0.1': loopback, not } = scene.servers;
  return TCP_AND_UDP.flatMap((protocol): Question[] => {
    const of = (published: Published) => ({ protocol, bind: '0.0.0.0', published }) as const;
    const lan = { target: 'lan', address: LAN.host.inet };
    const container = (address: string | undefined, subject: string, published: Published, asker: Asker): Question[] =>
      address === undefined
        ? []
        : [{ subject, protocol, asker, target: 'container', address, port: innerPort(of(published)) }];
    return [
      ...(['neighbour', 'peer', 'stranger'] as const).flatMap((asker): Question[] => [
        ...(every
          ? [{ subject: 'published on every', protocol, asker, ...lan, port: publishedPort(of('every')) } as const]
          : []),
        { subject: 'a server of the host on the allowed port', protocol, asker, ...lan, port: ALLOWED_PORT },
        { subject: 'a server of the host on another port', protocol, asker, ...lan, port: OTHER_PORT },
        ...container(not?.inet, 'not published', 'not', asker),
      ]),
      ...(loopback
        ? [
            {
              subject: 'published on 127.0.0.1',
              protocol,
              asker: 'attacker',
              target: '127.0.0.1',
              address: '127.0.0.1',
              port: publishedPort(of('127.0.0.1')),
            } as const,
          ]
        : []),
      ...container(loopback?.inet, 'published on 127.0.0.1', '127.0.0.1', 'neighbour'),
    ];
  });
}

/** How long an engine gets to make its rules again, in seconds. */
const AFTER_RELOAD = 3;

/** Does on the host what a state is about; each follows the one before. Returns whether it could be done. */
async function bringAbout(host: EngineHost, firewall: HostFirewall, state: FirewallState): Promise<boolean> {
  if (state === 'reloaded') {
    await host.shell(FIREWALL_COMMANDS[firewall].reload);
    // Docker hears of a reload of firewalld by D-Bus, and makes its rules again shortly after.
    await host.shell(`sleep ${AFTER_RELOAD}`);
  }
  // From Docker's documents, "Packet filtering and firewalls": the chain is for rules of one's own.
  if (state !== 'DOCKER-USER drops') return true;
  const chain = `iptables -n -L DOCKER-USER >/dev/null 2>&1 && iptables -I DOCKER-USER -i ${host.device} -j DROP && echo made || true`;
  // A reload may have taken the chain away.
  return (await host.shell(chain)).trim() === 'made';
}

/** The rule that translates a published port, where one does. */
async function ruleFor(host: EngineHost, port: number): Promise<string | undefined> {
  const printed = await host.shell(
    `{ iptables-save -t nat; nft list ruleset; } 2>/dev/null | grep -i 'dnat' | grep -m 1 -w '${port}' || true`,
  );
  const rule = printed.trim();
  return rule === '' ? undefined : rule;
}

async function serveOnHost(own: AgentProcess): Promise<void> {
  for (const protocol of TCP_AND_UDP) {
    for (const port of [ALLOWED_PORT, OTHER_PORT]) {
      const on = `host ${protocol} ${port}`;
      await own.ask(serving({ on, protocol, family: 'inet', address: '0.0.0.0', port }), true);
    }
  }
}
