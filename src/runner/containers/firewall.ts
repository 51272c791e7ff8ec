import { setTimeout } from 'node:timers/promises';
import { ALLOWED_PORT, FIREWALL_COMMANDS, type HostFirewall } from '../../engine/host/firewalls.ts';
import type { EngineHost } from '../../engine/host/engine-host.ts';
import { LAN } from '../../engine/host/topology.ts';
import { innerPort, publishedPort, TCP_AND_UDP, type Asker, type Published } from '../../containers/cases.ts';
import {
  FIREWALL_STATES,
  FIREWALL_SUBJECTS,
  OTHER_PORT,
  type FirewallQuestion,
  type FirewallState,
} from '../../containers/firewall.ts';
import { iptablesRules } from '../../port/firewall-iptables.ts';
import { nftRules } from '../../port/firewall-nft.ts';
import { EngineFailed } from '../../engine/engine.ts';
import { Deadline, paced } from '../../process/pace.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';
import type { ConfigurationRecord } from '../../record/containers.ts';
import type { Agents } from './ask.ts';
import { askAll, type Pace } from './ask-all.ts';
import type { Actor, Scene } from './scene.ts';
import { serving } from './serving.ts';

type FirewallRecord = NonNullable<ConfigurationRecord['firewall']>;

/** A question about the firewall: who asks for what, at which address and port. */
interface Question extends FirewallQuestion {
  asker: Asker;
  address: string;
  port: number;
}

interface Around {
  host: EngineHost;
  scene: Scene;
  agents: Agents;
  /** The firewall, and whether it was there before the engine; otherwise it is set up here. */
  firewall: { name: HostFirewall; first: boolean };
  /** Whether the engine's own bridges on the host forward to the containers. */
  bridged: boolean;
  pace: Pace;
}

/** The containers that are asked for behind a firewall. */
export const BEHIND_FIREWALL = ['every', '127.0.0.1', 'not'] as const satisfies readonly Published[];

/** Asks what a firewall keeps, as it was set up, and after each thing that is then done on the host. */
export async function askBehindFirewall(around: Around): Promise<FirewallRecord> {
  const { host, scene, agents, firewall } = around;
  await serveOnHost(agents.at.host as AgentProcess);
  const questions = questionsOf(scene).filter(({ asker }) => agents.at[asker] !== undefined);
  const record: FirewallRecord = {
    name: firewall.name,
    states: [],
    leftOut: {},
    words: [],
    asked: questions.map(({ subject, protocol, asker, target }) => ({
      subject,
      protocol,
      asker,
      target,
      outcomes: [],
    })),
  };
  for (const state of FIREWALL_STATES.filter((one) => isTried(one, around))) {
    const failure = await bringAbout(host, firewall, state);
    if (failure !== null) {
      record.leftOut[state] = failure;
      continue;
    }
    record.states.push({ state, rules: await rulesOf(host) });
    await askInState(around, questions, record);
  }
  return record;
}

/** Asks every question, each asker's at once, and adds the outcomes to the record. */
async function askInState({ agents, pace }: Around, questions: readonly Question[], record: FirewallRecord) {
  await Promise.all(
    ASKERS.map(async (asker) => {
      const agent = agents.at[asker];
      const mine = questions.flatMap((one, place) => (one.asker === asker ? [{ ...one, place }] : []));
      if (agent === undefined) return;
      // Whether something passes is asked, not from which address the answer comes.
      const asked = mine.map(({ protocol, address, port }) => ({ socket: SOCKETS[protocol], address, port, bytes: 1 }));
      const replies = await askAll(agent, asked, pace);
      for (const [index, { outcome }] of replies.entries()) {
        const word = record.words.includes(outcome) ? record.words.indexOf(outcome) : record.words.push(outcome) - 1;
        record.asked[mine[index]?.place ?? -1]?.outcomes.push(word);
      }
    }),
  );
}

const SOCKETS = { tcp: 'tcp', udp: 'udp unconnected' } as const;
const ASKERS = ['neighbour', 'attacker', 'peer', 'stranger'] as const satisfies readonly Asker[];

/** The host's addresses on the LAN and the container's own, each with the family of servers that it is for. */
const FAMILIES = [
  { inet: 'inet', ip: 'ip', bind: '0.0.0.0', lan: 'lan', container: 'container' },
  { inet: 'inet6', ip: 'ip6', bind: ':: v6only', lan: 'lan6', container: 'container6' },
] as const;

function questionsOf({ servers }: Scene): Question[] {
  const { every, '127.0.0.1': loopback, not } = servers;
  return FAMILIES.flatMap(({ inet, bind, lan: target, container }) =>
    TCP_AND_UDP.flatMap((protocol): Question[] => {
      const of = (published: Published) => ({ protocol, bind, published }) as const;
      const lan = { protocol, target, address: LAN.host[inet] };
      const direct = (actor: Actor | undefined, subject: string, published: Published, asker: Asker): Question[] => {
        const address = actor?.[inet];
        return address === undefined
          ? []
          : [{ subject, protocol, asker, target: container, address, port: innerPort(of(published)) }];
      };
      const { every: onEvery, loopback: onLoopback, not: onNone, allowed, other } = FIREWALL_SUBJECTS;
      return [
        ...(['neighbour', 'peer', 'stranger'] as const).flatMap((asker): Question[] => [
          ...(every ? [{ ...lan, subject: onEvery, asker, port: publishedPort(of('every')) }] : []),
          { ...lan, subject: allowed, asker, port: ALLOWED_PORT },
          { ...lan, subject: other, asker, port: OTHER_PORT },
          ...direct(not, onNone, 'not', asker),
        ]),
        ...(loopback && inet === 'inet'
          ? [
              {
                subject: onLoopback,
                protocol,
                asker: 'attacker',
                target: '127.0.0.1',
                address: '127.0.0.1',
                port: publishedPort(of('127.0.0.1')),
              } as const,
            ]
          : []),
        ...direct(loopback, onLoopback, '127.0.0.1', 'neighbour'),
      ];
    }),
  );
}

/** Whether a state is one of this engine and of the order in which the firewall is set up. */
function isTried(state: FirewallState, { host, firewall, bridged }: Around): boolean {
  if (state === 'no firewall') return !firewall.first;
  if (state === 'DOCKER-USER drops') return host.engine.name === 'docker';
  return state !== 'podman network reload' || (host.engine.name === 'podman' && bridged);
}

/** How long an engine gets on a quiet machine to make its rules again, in milliseconds; it takes some tenths of a second. */
const AFTER_RELOAD = 3000;
const LOOK_EVERY = 200;

/** Loads the rules of a firewall again. Docker hears of a reload of firewalld by D-Bus, and makes its own rules again after it. */
async function reload(host: EngineHost, name: HostFirewall): Promise<void> {
  const had = await rulesOf(host);
  await host.shell(FIREWALL_COMMANDS[name].reload);
  const deadline = new Deadline(AFTER_RELOAD);
  let has = await rulesOf(host);
  while (Object.keys(had).some((family) => has[family] === undefined) && !deadline.passed) {
    await setTimeout(LOOK_EVERY);
    has = await rulesOf(host);
  }
  // Its rules for what is forwarded come after those that translate.
  await setTimeout(paced(LOOK_EVERY));
}

/** Does on the host what a state is about; each follows the one before. Returns why it could not be done, or null. */
async function bringAbout(
  host: EngineHost,
  { name, first }: Around['firewall'],
  state: FirewallState,
): Promise<string | null> {
  switch (state) {
    case 'no firewall':
      return null;
    case 'set up':
      if (!first) await host.shell(FIREWALL_COMMANDS[name].setUp);
      return null;
    case 'reloaded':
      await reload(host, name);
      return null;
    case 'podman network reload':
      return engineFailure(host.engine.command('network', 'reload', '--all'));
    case 'DOCKER-USER drops': {
      // From Docker's documents, "Packet filtering and firewalls": the chain is for rules of one's own.
      const rule = (tool: string) =>
        `${tool} -n -L DOCKER-USER >/dev/null 2>&1 && ${tool} -I DOCKER-USER -i ${host.device} -j DROP && echo ${tool}`;
      const made = await host.shell(`${rule('iptables')}; ${rule('ip6tables')}; true`);
      return made.includes('iptables') ? null : 'the chain DOCKER-USER is not there any more';
    }
  }
}

async function engineFailure(done: Promise<unknown>): Promise<string | null> {
  try {
    await done;
    return null;
  } catch (error) {
    if (error instanceof EngineFailed) return error.message;
    throw error;
  }
}

/** The rules that translate the port published on every address, by family, where there is one. */
async function rulesOf(host: EngineHost): Promise<Record<string, string>> {
  const nft = await host.shell('nft -j list ruleset 2>/dev/null || true');
  const found: Record<string, string> = {};
  for (const { inet, bind, ip } of FAMILIES) {
    const port = publishedPort({ protocol: 'tcp', bind, published: 'every' });
    const saved = await host.shell(`${ip}tables-save -t nat 2>/dev/null || true`);
    const own = iptablesRules(saved, ip, 'tcp', port);
    const others =
      nft === '' ? [] : nftRules(nft, 'tcp', port).filter(({ to }) => to?.includes('[') === (inet === 'inet6'));
    const rule = [...own, ...others].find(({ action }) => action === 'leads elsewhere');
    if (rule !== undefined) found[inet] = `${rule.chain}: ${rule.text}`;
  }
  return found;
}

async function serveOnHost(own: AgentProcess): Promise<void> {
  for (const protocol of TCP_AND_UDP) {
    for (const port of [ALLOWED_PORT, OTHER_PORT]) {
      const on = `host ${protocol} ${port}`;
      const both = [
        { on, family: 'inet', address: '0.0.0.0' },
        { on: `${on} IPv6`, family: 'inet6', address: '::', v6only: 1 },
      ] as const;
      for (const one of both) await own.ask(serving({ ...one, protocol, port }), true);
    }
  }
}
