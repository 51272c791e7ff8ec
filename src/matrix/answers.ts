import { agrees, type Prediction } from './prediction.ts';
import { lettersOf, type Spec } from './sockets.ts';

/** The meaning of the letters of `short`. */
export const KEY_OF_SHORT =
  'ok; X: in use (EADDRINUSE); D: denied (EACCES); L: bind() works and listen() finds it in use; ' +
  'N: not available (EADDRNOTAVAIL); -: the first itself can not be bound; .: not run';

/** An answer as tables show it: a letter, or the words of the answer where no letter stands for it. */
export function short(answer: string): string {
  if (answer === 'ok') return 'ok';
  if (answer.startsWith('first ')) return '-';
  const [call = '', errno = ''] = answer.split(' ');
  const inUse = errno === 'EADDRINUSE' || errno === 'WSAEADDRINUSE';
  if (call === 'listen') return inUse ? 'L' : `L ${errno}`;
  if (call !== 'bind') return answer;
  if (inUse) return 'X';
  if (errno === 'EADDRNOTAVAIL' || errno === 'WSAEADDRNOTAVAIL') return 'N';
  return errno === 'EACCES' || errno === 'WSAEACCES' ? 'D' : errno;
}

/** An answer without differences that are only names: Windows has its own names for the same errors. */
export function withoutPrefix(answer: string): string {
  return answer.replace(' WSAE', ' E');
}

/** Whether a system allows the answer of another one, even if the two have different names for the same error. */
export function allows(prediction: Prediction, answer: string): boolean {
  const plain = withoutPrefix(answer);
  return agrees(plain, prediction) || agrees(plain.replace(' E', ' WSAE'), prediction);
}

/** Whether a system has the options of both sockets. */
export function isKnownTo(system: string, { first, second }: { readonly first: Spec; readonly second: Spec }): boolean {
  const sets = lettersOf(system);
  return sets.includes(first.letters) && sets.includes(second.letters);
}
