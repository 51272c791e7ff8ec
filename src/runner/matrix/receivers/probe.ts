import { HarnessError } from '../../../harness/harness-error.ts';
import type { CellWord } from '../../../matrix/receivers/cells.ts';
import { wayInWords, type Way } from '../../../matrix/receivers/ways.ts';
import type { Result } from '../../../protocol/messages.ts';
import { makeConnections } from '../../probing/connections.ts';
import { sendDatagrams } from '../../probing/datagrams.ts';
import type { SentProbe, ProbeEnd, ProbeGround, ProbePath } from '../../probing/probe.ts';
import type { Crew, Role } from '../crew.ts';
import { LISTENERS, type ReceiverStage, type SharedPorts } from './stage.ts';

/** One datagram or connection to the port of a pair; its `place` is that of the pair in its chunk. */
export interface PairProbe extends SentProbe {
  readonly way: Way;
}

/**
 * The path of a way, from its usual source, or from one of many with a port of their own each.
 * @param extra zero for the usual source
 */
export function pathOfWay(way: Way, extra: number, { peer }: SharedPorts): ProbePath {
  const port = way.port === 'peer' && extra === 0 ? { port: peer } : {};
  return {
    sender: way.host === 'neighbour' ? 'neighbour' : 'peer',
    source: { address: way.from, number: extra, ...port },
    target: way.to,
  };
}

/** The words for the sockets that got a probe, by a number that has a bit for each. */
const GOT_WORDS = ['', '1', '2', '1+2'] as const;

/** Sends a probe each, and returns what became of each. @throws HarnessError, also where nothing shows what silence means */
export async function askProbes(
  probes: readonly PairProbe[],
  stage: ReceiverStage,
  crew: Crew,
  shared: SharedPorts,
): Promise<CellWord[]> {
  const { protocol, states } = stage.chunk.block;
  const isUdp = protocol === 'udp';
  const receivers = stage.roles
    .map((agent, index) => ({ agent, on: stage.name, bit: index + 1, state: states[index] }))
    .filter(({ state }) => isUdp || state === 'listening');
  const got = new Uint8Array(probes.length);
  const ground: ProbeGround<Role> = {
    ask: async (agent, operation) => (await crew.ask(agent, operation))[0] as Result,
    ports: stage.ports,
    receivers,
    note: (index, _at, probe) => {
      got[probe] = (got[probe] ?? 0) | (receivers[index]?.bit ?? 0);
    },
  };
  const { closed, open } = shared;
  const ends = isUdp
    ? (await sendDatagrams(probes, ground, { closed })).ends
    : await makeConnections(probes, ground, {
        open,
        answers: { agent: 'peer', on: LISTENERS },
        portOf: (_receivers, at) => at,
      });
  return ends.map((end, place) => wordOf(GOT_WORDS[got[place] ?? 0] ?? '', end, probes[place]));
}

function wordOf(word: string, end: ProbeEnd, probe: PairProbe | undefined): CellWord {
  if (end === 'no proof' && probe !== undefined) {
    throw new HarnessError(`nothing comes back ${wayInWords(probe.way)}, so that silence means nothing`);
  }
  if (end === undefined) return word;
  return word === '' ? end : `${word} and ${end}`;
}
