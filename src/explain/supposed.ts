import { advise } from './advise.ts';
import { answerOf, type Answer } from './answer.ts';
import type { Question } from './question.ts';
import type { Reading } from './reader/reading.ts';
import type { Advice } from './judge.ts';
import { originOf } from './reader/row-systems.ts';
import { spell } from './reader/spell.ts';
import type { PresentSocket, SystemName } from '../model/types.ts';

/** What would help against a socket that no one named: one with the same name and the same options. */
export interface Supposed {
  readonly rival: PresentSocket;
  /** The rival in bindspec's own spelling. */
  readonly spelled: string;
  /** Set where a rival with the same options would not be in the way, so that it must lack them. */
  readonly lacksOptions?: true;
  /** What each system says of the one that is asked about, beside the rival. */
  readonly answers: readonly Answer[];
  /** The rival is the first of two sockets in these, and the one that is asked about the second. */
  readonly advice: readonly Advice[];
}

/**
 * The advice where an error says that the name is in use and no other socket is named: mostly the same program, or another of
 * its kind, has it, so the rival is taken to have the same name and the same options. A row of a listing alone is the
 * rival itself, of another socket that wants its name.
 */
export function supposedFor(question: Question, systems: readonly SystemName[]): Supposed | undefined {
  const [asked, ...more] = question.readings;
  if (asked === undefined || more.length > 0 || question.given !== undefined) return undefined;
  const isRow = isHeld(asked);
  if (asked.failure?.kind !== 'in use' && !isRow) return undefined;
  const { failure: _, otherwise: __, holder: ___, ...plain } = asked;
  const { state: ____, local: _____, ...wanted } = plain.socket;
  const against = (options: PresentSocket['options']): Supposed | undefined => {
    const rival: Reading = {
      ...plain,
      socket: {
        ...wanted,
        ...(options === undefined ? {} : { options }),
        ...(wanted.protocol === 'tcp' ? { state: 'listening' as const } : {}),
      },
    };
    const { optionsOn: ______, ...bare } = rival;
    const there = options === wanted.options ? rival : bare;
    const supposed = { ...question, readings: [there, isRow ? { ...plain, socket: wanted } : asked] };
    const answers = systems.map((system) => answerOf(system, supposed));
    const advice = advise(supposed, answers).filter(({ helps }) => helps.length > 0);
    return advice.length === 0 ? undefined : { rival: rival.socket, spelled: spell(rival.socket), answers, advice };
  };
  const same = against(wanted.options);
  if (same !== undefined || isRow) return same;
  const other = against({});
  return other === undefined ? undefined : { ...other, lacksOptions: true };
}

/** Whether a reading is the row of a listing for a socket that is bound or listens, and has no connection. */
function isHeld({ failure, holder, text, socket: { state, port } }: Reading): boolean {
  if (failure !== undefined || port === 0) return false;
  if (state !== undefined && state !== 'bound' && state !== 'listening') return false;
  return holder !== undefined || originOf(text) !== undefined;
}
