import type { ConfigurationRecord, OutcomeRecord, RowRecord } from '../../record/containers.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';
import {
  innerPort,
  isInner,
  PUBLISHED,
  publishedPort,
  type AskColumn,
  type Asker,
  type Published,
  type ContainerService,
} from '../../containers/cases.ts';
import { SOCKETS } from '../../published/ask.ts';
import { askAll, type Pace, type ServerQuestion } from './ask-all.ts';
import { addressOfTarget, nameOfAddress } from './addresses.ts';
import type { Actor, Scene } from './scene.ts';
import { askersOf, serve, serverName } from './servers.ts';

/** The agents of a configuration: at the places on the LAN, and in the containers. */
export interface Agents {
  at: Partial<Record<Asker, AgentProcess>>;
  servers: Partial<Record<Published, AgentProcess>>;
}

/** One question at its place in the record, with its outcome once it was asked. */
interface Cell {
  row: number;
  column: number;
  service: ContainerService;
  asker: Asker;
  question: ServerQuestion;
  outcome: OutcomeRecord;
  bytes: number;
}

/** Asks every question of a scene, and returns the record's rows with the outcomes that they refer to. */
export async function askEverything(
  scene: Scene,
  agents: Agents,
  asks: readonly AskColumn[],
  pace: Pace,
): Promise<Pick<ConfigurationRecord, 'rows' | 'outcomes'>> {
  const services: ContainerService[] = [];
  for (const published of PUBLISHED) {
    const [agent, actor] = [agents.servers[published], scene.servers[published]];
    if (agent && actor) services.push(...(await serve(agent, published, actor)));
  }
  const rows = services.flatMap((service) =>
    SOCKETS.filter((socket) => socket.startsWith(service.protocol)).map((socket) => ({ service, socket })),
  );
  const bytes = new Bytes();
  const cells = rows.flatMap(({ service, socket }, row) =>
    asks.flatMap(({ asker, target }, column): Cell[] => {
      const server = scene.servers[service.published] as Actor;
      const who = asker === 'peer' ? scene.peer : asker === 'stranger' ? scene.stranger : server;
      const address = addressOfTarget(target, server, who);
      const inner = isInner(target);
      if (address === undefined || agentOf(agents, asker, service) === undefined) return [];
      if (service.published === 'not' && !inner) return [];
      const port = inner ? innerPort(service) : publishedPort(service);
      const question = { socket, address, port, bytes: bytes.next(service) };
      return [{ row, column, service, asker, question, outcome: { outcome: 'silence' }, bytes: 0 }];
    }),
  );
  const askOf = async (some: readonly Cell[]) => {
    await Promise.all([...byAgent(some, agents)].map(([agent, own]) => ask(agent, own, { bytes, pace, scene })));
  };
  await askOf(cells.filter(({ question }) => question.socket !== 'udp unconnected'));
  await askOf(unconnected(cells));
  await nameSources(cells, agents, scene);
  return table(rows, cells, asks.length);
}

/**
 * The questions from sockets that are not connected. The system reports a refusal only to a connected socket: where
 * that was refused, the other hears nothing, no matter how long it waits.
 */
function unconnected(cells: readonly Cell[]): Cell[] {
  const place = ({ service, column }: Cell) => `${serverName(service)} ${column}`;
  const refused = new Set(
    cells.filter(({ question, outcome }) => question.socket === 'udp' && outcome.outcome === 'refused').map(place),
  );
  return cells
    .filter(({ question }) => question.socket === 'udp unconnected')
    .map((cell) =>
      refused.has(place(cell)) ? Object.assign(cell, { question: { ...cell.question, once: true } }) : cell,
    );
}

function agentOf(agents: Agents, asker: Asker, { published }: ContainerService): AgentProcess | undefined {
  return asker === 'itself' ? agents.servers[published] : agents.at[asker];
}

/** Gives the questions to one server different numbers of bytes, so that they can be told apart. */
class Bytes {
  readonly #counts = new Map<string, number>();

  next(service: ContainerService): number {
    const name = serverName(service);
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count;
  }
}

function byAgent(cells: readonly Cell[], agents: Agents): Map<AgentProcess, Cell[]> {
  const all = new Map<AgentProcess, Cell[]>();
  for (const cell of cells) {
    const agent = agentOf(agents, cell.asker, cell.service) as AgentProcess;
    const own = all.get(agent) ?? [];
    if (own.push(cell) === 1) all.set(agent, own);
  }
  return all;
}

async function ask(
  agent: AgentProcess,
  cells: readonly Cell[],
  { bytes, pace, scene }: { bytes: Bytes; pace: Pace; scene: Scene },
): Promise<void> {
  const services = new Map(cells.map(({ question, service }) => [question, service]));
  const came = await askAll(
    agent,
    cells.map(({ question }) => question),
    pace,
    (question) => {
      const service = services.get(question) as ContainerService;
      const next = { ...question, bytes: bytes.next(service) };
      services.set(next, service);
      return next;
    },
  );
  for (const [index, { outcome, by, from, sent }] of came.entries()) {
    const cell = cells[index] as Cell;
    cell.bytes = sent;
    cell.outcome = {
      outcome: scene.byChance(outcome, cell.question.address) ? 'silence' : outcome,
      ...(from === undefined || from === cell.question.address ? {} : { from: nameOfAddress(from, scene) }),
      ...(by === undefined || by === serverName(cell.service) ? {} : { by }),
    };
  }
}

/** Adds the address that the server saw as the asker's, where that is not the asker's own. */
async function nameSources(cells: readonly Cell[], agents: Agents, scene: Scene): Promise<void> {
  const own: Record<Asker, (service: ContainerService) => Actor | string | null> = {
    host: () => null,
    neighbour: () => 'the neighbour',
    attacker: () => 'the attacker',
    peer: () => scene.peer,
    stranger: () => scene.stranger,
    itself: ({ published }) => scene.servers[published] ?? null,
  };
  const lists = new Map<ContainerService, ReadonlyMap<number, string>>();
  for (const cell of cells) {
    const { service, outcome } = cell;
    if (outcome.outcome !== 'answered' || outcome.by !== undefined) continue;
    const agent = agents.servers[service.published] as AgentProcess;
    if (!lists.has(service)) lists.set(service, await askersOf(agent, service));
    const address = lists
      .get(service)
      ?.get(cell.bytes)
      ?.replace(/^::ffff:/, '');
    if (address === undefined) continue;
    const asker = own[cell.asker](service);
    const seen = nameOfAddress(address, scene);
    const itself =
      typeof asker === 'string'
        ? seen === asker
        : asker !== null && (asker.inet === address || asker.inet6 === address);
    if (!itself) cell.outcome = { ...outcome, seen };
  }
}

/** The cells as rows of places in a list of outcomes. Each outcome is in the list once. */
function table(
  rows: readonly { service: ContainerService; socket: RowRecord['socket'] }[],
  cells: readonly Cell[],
  width: number,
): Pick<ConfigurationRecord, 'rows' | 'outcomes'> {
  const outcomes: OutcomeRecord[] = [];
  const places = new Map<string, number>();
  const made = rows.map(({ service: { published, bind }, socket }): RowRecord => ({
    published,
    bind,
    socket,
    outcomes: Array.from({ length: width }, () => null),
  }));
  for (const { row, column, outcome } of cells) {
    const key = JSON.stringify(outcome);
    if (!places.has(key)) places.set(key, outcomes.push(outcome) - 1);
    const place = places.get(key);
    if (place !== undefined) (made[row] as RowRecord).outcomes[column] = place;
  }
  return { rows: made, outcomes };
}
