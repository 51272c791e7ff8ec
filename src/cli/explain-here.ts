import { answerOf } from '../explain/answer.ts';
import type { Explanation } from '../explain/explanation.ts';
import { explainableHere, isAsPredicted, type Mapped } from '../explain/here.ts';
import { kernelOf } from '../model/linux-kernel.ts';
import type { Lab } from '../lab/lab.ts';
import type { Outcome } from '../model/types.ts';
import type { AgentProcess } from '../harness/agent-process.ts';
import { AgentPool, type Lease } from '../runner/pool.ts';
import { platformOf } from '../runner/platform.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { UserError } from './exit.ts';
import { bindLast, CannotBePlaced, place } from './explain-place.ts';
import { inLab, type RunPlace } from './in-lab.ts';
import { systemInWords } from '../record/system-title.ts';
import { wantRoom } from './room.ts';

/** What happened on this machine, and what the model of its system says of just that. */
export interface Here {
  readonly platform: string;
  readonly lab: string;
  /** What had to be taken for something else. */
  readonly notes: readonly string[];
  readonly bind: string;
  readonly listen?: string;
  readonly predicted: { readonly bind: readonly Outcome[]; readonly listen?: readonly Outcome[] };
  readonly agrees: boolean;
}

/** Does it with real processes, one for each socket. @throws UserError when it can't be done here. */
export async function explainHere(explanation: Explanation, where: RunPlace): Promise<Here> {
  wantRoom(1, 'labs');
  return inLab(where, async (kind) => {
    const lab = await kind.open();
    const pool = new AgentPool(lab, { fresh: true });
    try {
      return await explainIn(lab, pool, explanation);
    } finally {
      await pool.close();
      await lab.close();
    }
  });
}

/** Does it in a lab that is open, with agents of its pool. @throws UserError when it can't be done there. */
export async function explainIn({ facts }: Lab, pool: AgentPool, explanation: Explanation): Promise<Here> {
  const mapped = explainableHere(explanation.sockets, facts);
  if ('cannot' in mapped) throw new UserError(`it can't be done in the ${facts.lab} lab: ${mapped.cannot}`);
  const leases = await Promise.all(mapped.others.map((otherUser) => pool.take('machine', otherUser)));
  const peer = await pool.take('machine', false);
  try {
    return await happen(mapped, leases, peer.agent, facts.lab);
  } catch (error) {
    if (error instanceof CannotBePlaced) throw new UserError(error.message, error.exitCode);
    throw error;
  } finally {
    await Promise.all([...leases, peer].map((lease) => pool.giveBack(lease)));
  }
}

/** Each socket but the last is put where it is to be, and then the last is bound. */
async function happen(
  { readings, notes }: Mapped,
  leases: readonly Lease[],
  peer: AgentProcess,
  lab: string,
): Promise<Here> {
  const last = leases.at(-1);
  const asked = readings.at(-1)?.socket;
  if (last === undefined || asked === undefined) throw new HarnessError('there is no socket to ask about');
  const platform = platformOf(last.hello);
  const real = readings.map((reading, index) => {
    const uid = leases[index]?.hello.uid ?? 0;
    return { ...reading, socket: { ...reading.socket, uid } };
  });
  const kernel = kernelOf(platform);
  const answer = answerOf(platform.system, { readings: real, ...(kernel === undefined ? {} : { kernel }) });
  for (const [index, { socket }] of readings.slice(0, -1).entries()) {
    const lease = leases[index] as Lease;
    await place(lease.agent, peer, socket, index + 1, answer.refused.includes(index));
  }
  const { bind, listen } = await bindLast(last.agent, asked);
  const predicted = {
    bind: answer.bind.outcomes,
    ...(answer.listen === undefined ? {} : { listen: answer.listen.outcomes }),
  };
  return {
    platform: `${platform.id} (${systemInWords(platform)})`,
    lab,
    notes,
    bind,
    ...(listen === undefined ? {} : { listen }),
    predicted,
    agrees: isAsPredicted(answer, bind, listen),
  };
}
