import { eitherOf } from '../../explain/sentences.ts';
import { NO_DEVICES } from '../../matrix/axes.ts';
import type { Prediction } from '../../matrix/prediction.ts';
import type { Corner } from '../../matrix/selection.ts';

/** An answer in words, for example `bind fails with EADDRINUSE`. */
export function answerInWords(answer: string | null): string {
  if (answer === null) return 'not run';
  const [call = '', errno = ''] = answer.split(' ').slice(-2);
  if (answer === 'ok') return 'ok';
  if (answer.startsWith('first ')) return `the first itself can not be bound: ${errno}`;
  return call === 'listen' ? `bind ok, listen fails with ${errno}` : `${call} fails with ${errno}`;
}

/** Everything that a model allows for a pair, in words. */
export function predictionInWords({ first, bind, listen }: Prediction): string {
  if (first) return `the first itself can not be bound: ${eitherOf(first.outcomes)}`;
  const parts = [bind && `bind ${eitherOf(bind.outcomes)}`, listen && `listen ${eitherOf(listen.outcomes)}`];
  return parts.filter(Boolean).join(', ');
}

/** What a corner is about, on one line. */
export function cornerInWords({ protocol, state, uid, devices }: Corner): string {
  const tied = devices === NO_DEVICES ? '' : `, tied to the devices ${devices}`;
  return `${protocol.toUpperCase()}, the first ${state}, ${uid === 'same' ? 'the same user' : 'different users'}${tied}`;
}
