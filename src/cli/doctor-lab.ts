import { cellsOf } from '../experiment/cells.ts';
import { loadRegistry } from '../experiment/registry.ts';
import type { HostName, Lab } from '../lab/lab.ts';
import type { Family } from '../protocol/messages.ts';
import { platformOf } from '../runner/platform.ts';
import { AgentPool, type Lease } from '../runner/pool.ts';
import { coverageOf, tellOffer } from './coverage.ts';
import { inLab, type RunPlace } from './in-lab.ts';
import { paint, say, sayJson } from './terminal.ts';
import { version } from './version.ts';
import { paced } from '../process/pace.ts';

/** How long a datagram may take to arrive, in milliseconds on a quiet machine. */
const PATIENCE = 1000;

/** The outcome of a datagram that the neighbour sent to the machine. */
interface Crossing {
  family: Family;
  from: string;
  to: string;
  /** `ok`, or the outcome of the call that failed; `silence` if nothing arrived. */
  outcome: string;
  /** The address that the machine saw it come from. */
  seen?: string;
}

/**
 * Opens one lab, starts an agent on each of its hosts, sends a datagram between them, and shows which cells can run
 * there.
 * @throws UserError when the lab is not available
 */
export async function doctorOfLab(place: RunPlace, format: 'pretty' | 'json'): Promise<void> {
  await inLab(place, async (kind) => {
    const lab = await kind.open();
    const pool = new AgentPool(lab, { fresh: true });
    try {
      const leases = new Map<HostName, Lease>();
      for (const host of Object.keys(lab.facts.hosts) as HostName[]) leases.set(host, await pool.take(host, false));
      const hosts = [...leases].map(([name, { hello }]) => ({
        name,
        title: lab.facts.hosts[name],
        platform: platformOf(hello, name === 'machine' ? lab.stack : undefined),
      }));
      const crossings = await crossingsOf(lab, leases);
      const cells = await coverageOf(lab, (await loadRegistry()).flatMap(cellsOf));
      if (format === 'json') {
        sayJson({ bindspec: version(), hosts, crossings, lab: lab.facts, cells }, 1);
        return;
      }
      say(paint('bold', `${lab.facts.lab} lab`));
      for (const { name, title, platform } of hosts) {
        const { system, release, runtime, uid } = platform;
        say(`    ${name} (${title}): ${system} ${release}, ${runtime}, uid ${uid ?? 'unknown'}`);
      }
      for (const crossing of crossings) say(`    ${inWords(crossing)}`);
      tellOffer(lab.facts, cells);
    } finally {
      await pool.close();
      await lab.close();
    }
  });
}

/** A datagram of each family from the neighbour to the machine, where both have an address. */
async function crossingsOf({ facts }: Lab, leases: ReadonlyMap<HostName, Lease>): Promise<Crossing[]> {
  const [machine, neighbour] = [leases.get('machine'), leases.get('neighbour')];
  const crossings: Crossing[] = [];
  for (const family of ['inet', 'inet6'] as const) {
    const { external: to, neighbour: from } = facts.addresses[family];
    if (!machine || !neighbour || to === undefined || from === undefined) continue;
    crossings.push({ family, from, to, ...(await cross(machine, neighbour, family, from, to)) });
  }
  return crossings;
}

async function cross(machine: Lease, neighbour: Lease, family: Family, from: string, to: string) {
  const name = `doctor-${family}`;
  const bound = await machine.agent.ask(
    [
      { op: 'socket', as: name, family, type: 'dgram' },
      { op: 'bind', on: name, address: to, port: 0 },
      { op: 'getsockname', on: name },
    ],
    true,
  );
  const port = bound.at(-1)?.name?.port;
  if (port === undefined) return { outcome: `bind ${bound.at(-1)?.outcome}` };
  const sent = await neighbour.agent.ask(
    [
      { op: 'socket', as: name, family, type: 'dgram' },
      { op: 'bind', on: name, address: from, port: 0 },
      { op: 'send', on: name, data: 'doctor', to: { address: to, port } },
    ],
    true,
  );
  const last = sent.at(-1);
  if (last?.outcome !== 'ok') return { outcome: `send ${last?.outcome}` };
  const [received] = await machine.agent.ask([{ op: 'recv', on: name, within: paced(PATIENCE) }], false);
  const seen = received?.from?.address;
  return { outcome: received?.outcome ?? 'silence', ...(seen === undefined ? {} : { seen }) };
}

function inWords({ from, to, outcome, seen }: Crossing): string {
  if (outcome !== 'ok') return `${paint('red', '✗')} a datagram from ${from} to ${to}: ${outcome}`;
  const odd = seen === from ? '' : `, where it is seen to come from ${seen}`;
  return `${paint('green', '✓')} a datagram from ${from} reaches ${to}${odd}`;
}
