import type { Explanation } from '../explain/explanation.ts';
import { explainableHere, planHere, type HerePlan } from '../explain/here.ts';
import { receptionWords } from '../explain/receives.ts';
import { ownPorts } from '../lab/ephemeral.ts';
import type { Outcome } from '../model/types.ts';
import type { Play, Played } from '../plan/play.ts';
import { Floor } from '../runner/explore/floor.ts';
import { EXIT, UserError } from './exit.ts';
import { settingsHere } from './explain-settings.ts';
import { inLab, type RunPlace } from './in-lab.ts';
import { systemInWords } from '../record/system-title.ts';
import { wantRoom } from './room.ts';

/** What happened on this machine, and what the model of its system says of just that. */
export interface Here {
  readonly platform: string;
  readonly lab: string;
  /** What had to be taken for something else. */
  readonly notes: readonly string[];
  /** The settings of the machine that are not the usual ones, as `--setting` takes them. */
  readonly settings: readonly string[];
  readonly bind: string;
  readonly listen?: string;
  readonly predicted: { readonly bind: readonly Outcome[]; readonly listen?: readonly Outcome[] };
  /** Who received what was sent to each address, in words, and what the model allows. */
  readonly received: readonly { readonly to: string; readonly who: string; readonly predicted: readonly string[] }[];
  readonly agrees: boolean;
}

/** Does it with real processes, one for each owner. @throws UserError when it can't be done here. */
export async function explainHere(explanation: Explanation, where: RunPlace): Promise<Here> {
  wantRoom(1, 'labs');
  return inLab(where, async (kind) => {
    const floor = await Floor.open(kind, { fresh: true });
    try {
      return await explainOn(floor, explanation);
    } finally {
      await floor.close();
    }
  });
}

/** Does it in a lab that is open. @throws UserError when it can't be done there. */
export async function explainOn(floor: Floor, explanation: Explanation): Promise<Here> {
  const { platform } = floor;
  const { host } = floor.setting;
  const facts = { ...floor.lab.facts, ...(host === undefined ? {} : { machine: host }) };
  const mapped = explainableHere(explanation.sockets, facts, floor.model);
  if ('cannot' in mapped) throw new UserError(`it can't be done in the ${facts.lab} lab: ${mapped.cannot}`);
  const planned = planHere(mapped, facts, explanation.sent);
  const { play } = await floor.playAlone(planned.plan);
  refuseUnplaced(play, planned, explanation);
  const at = (place: number | undefined) => play.played.find(({ step }) => step === planned.plan.steps[place ?? -1]);
  const [bind, listen] = [at(planned.bind), at(planned.listen)];
  if (bind === undefined) throw new UserError('the last socket could not be made here', EXIT.harness);
  const works = bind.outcome === 'ok' && (listen === undefined || listen.outcome === 'ok');
  const received = play.played.flatMap(({ step, prediction, outcome }) => {
    if (step.op !== 'probe' || !works) return [];
    const to = planned.names.get(step) ?? step.to;
    const who = (text: string) => receptionWords(text, planned.places);
    return [{ to, who: who(outcome), predicted: prediction.outcomes.map(who) }];
  });
  return {
    platform: `${platform.id} (${systemInWords(platform)})`,
    lab: facts.lab,
    notes: mapped.notes,
    settings: settingsHere(floor, explanation.sockets.at(-1)?.socket, ownPorts()),
    bind: bind.outcome,
    ...(listen === undefined ? {} : { listen: listen.outcome }),
    predicted: {
      bind: outcomesOf(bind),
      ...(listen === undefined ? {} : { listen: outcomesOf(listen) }),
    },
    received,
    agrees: !play.mismatch,
  };
}

function outcomesOf({ prediction }: Played): readonly Outcome[] {
  return prediction.outcomes as readonly Outcome[];
}

/** @throws UserError when a socket that was to be there first could not be put there */
function refuseUnplaced(play: Play, { plan, bind, places }: HerePlan, { sockets }: Explanation): void {
  for (const { step, prediction, outcome } of play.played) {
    const index = plan.steps.indexOf(step);
    if (index >= bind || step.op === 'probe' || outcome === 'ok') continue;
    const place = places.get(step.socket) ?? 0;
    const isExpected = !play.mismatch || !prediction.outcomes.some((one) => one === 'ok');
    const opinion = isExpected ? 'as the model says too' : 'though the model allows it, unless someone else is there';
    throw new UserError(
      `socket ${place + 1}, ${sockets[place]?.spelled}, can't be put there: ${step.op} returned ${outcome}, ${opinion}`,
      isExpected ? EXIT.usage : EXIT.failed,
    );
  }
}
