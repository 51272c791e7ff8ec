import { isLedElsewhere, type PortProbe } from './probed.ts';
import type { PortAnswer } from './report.ts';
import { holderWords, programsAt, shownName, someOf, type UserNames } from './words.ts';

// What came of connecting to a port, in lines for people, without their style.

/** What came of it at each address; addresses with the same answer share a line. A port that no one has, and that refuses, gets no line. */
export function probeLines(answer: PortAnswer, users: UserNames): string[] {
  const { probes = [], held } = answer;
  if (held.length === 0 && probes.every(({ reached }) => reached === 'refused')) return [];
  const groups = new Map<string, string[]>();
  for (const probe of probes) {
    const text = `${whatCame(probe, answer)}${whoHasIt(probe, answer, users)}`;
    groups.set(text, [...(groups.get(text) ?? []), probe.address]);
  }
  return [...groups].map(([text, addresses]) => `Tried at ${someOf(addresses)}: ${text}.`);
}

function whatCame({ reached, served }: PortProbe, { protocol }: PortAnswer): string {
  if (reached === 'refused') return 'refused';
  if (reached === 'silence') return 'no answer, as where a rule drops what is sent';
  if (reached !== 'yes') return 'it can’t be reached';
  if (protocol === 'udp') {
    return served === 'answer' ? 'answered' : 'taken, and not answered; a rule that drops it would look the same';
  }
  if (served === 'banner') return 'connected, and it says something';
  if (served === 'closed') return 'connected, and closed at once';
  return served === 'reset' ? 'connected, and reset at once' : 'connected';
}

/** Who has the connection; where a rule leads it elsewhere, that is said. */
function whoHasIt(probe: PortProbe, answer: PortAnswer, users: UserNames): string {
  const { reached, by, served } = probe;
  if (reached !== 'yes' || answer.protocol === 'udp') return '';
  if (by === undefined) {
    if (served === 'closed' || served === 'reset') return '';
    return '; no socket of this machine that can be seen has the connection, so something leads it elsewhere';
  }
  const { network, socket } = by;
  const place = network === undefined ? '' : ` in another network (${network})`;
  const led = isLedElsewhere(probe, answer.port) ? `, led to ${shownName(socket.local)}${place}` : '';
  if (socket.inode !== 0) return `${led}; ${holderWords(socket, users)}`;
  if (socket.state !== 'ESTABLISHED') return led;
  const listener = led === '' ? expected(probe, answer) : null;
  return listener === null ? `${led}; no program has accepted it yet` : `; not accepted yet by ${listener}`;
}

/** Whose listener it waits at, as far as only one can be. */
function expected({ address }: PortProbe, { receivers, held }: PortAnswer): string | null {
  const who = receivers.find(({ to }) => to.includes(address))?.who ?? [];
  const [only] = who;
  return who.length !== 1 || only === undefined || typeof only === 'string' ? null : programsAt(only, held);
}
