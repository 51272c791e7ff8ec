import { isLoopback4, isMulticast, isWildcard, unmapped } from '../model/address.ts';
import type { Outcome, SystemName } from '../model/types.ts';
import { decisionOf, type Answer } from './answer.ts';
import type { Question } from './question.ts';
import { NO_SETTINGS, readSettings } from './reader/settings.ts';

/** Something that is taken for granted, and what would happen if it were otherwise. Named only where that decides. */
export interface Assumed {
  /** What is taken for granted, in words. */
  readonly text: string;
  /** What the last socket would get otherwise, and where. */
  readonly otherwise: readonly { readonly outcomes: readonly Outcome[]; readonly systems: readonly SystemName[] }[];
}

/** Says what the answers take for granted, as far as it decides about the last socket. */
export function assumedIn(question: Question, answers: readonly Answer[]): Assumed[] {
  const asked = question.readings.at(-1)?.socket;
  if (asked === undefined) return [];
  const told = question.settings ?? NO_SETTINGS;
  const found: Assumed[] = [];
  const test = (
    text: string,
    changed: Question,
    among: readonly SystemName[] = answers.map(({ system }) => system),
  ) => {
    const otherwise = differing(answers, changed, among);
    if (otherwise.length > 0) found.push({ text, otherwise });
  };
  const address = unmapped(asked.address);
  if (!isWildcard(address) && !isLoopback4(address) && !isMulticast(address) && address !== '::1') {
    test(`${address} is an address of the machine`, { ...question, foreign: [...(question.foreign ?? []), address] });
  }
  if (asked.port > 0 && asked.port < 1024 && asked.uid === undefined && told.privileged === undefined) {
    const privileged = { ...question, settings: { ...told, privileged: false } };
    test(`whoever binds may have port ${asked.port}`, privileged);
  }
  if (told.hosts.windows?.excludedPorts === undefined && asked.port > 0) {
    const settings = readSettings([`excluded=${asked.port}`], told);
    test(`no excluded range of ports has ${asked.port}`, { ...question, settings }, ['windows']);
  }
  const open = question.readings.some(
    ({ socket }) => socket.family === 'inet6' && socket.v6only === undefined && isWildcard(socket.address),
  );
  if (open && told.hosts.linux?.bindv6only === undefined) {
    const settings = readSettings(['net.ipv6.bindv6only=1', 'net.inet6.ip6.v6only=0'], told);
    test("IPV6_V6ONLY is the system's usual default (bindv6only)", { ...question, settings });
  }
  if (asked.family === 'inet6' && told.hosts.linux?.ipv6 === undefined) {
    test('the kernel has IPv6', { ...question, settings: readSettings(['ipv6=0'], told) }, ['linux']);
  }
  const users = question.readings.some(({ socket }) => socket.uid !== undefined);
  if (!users && question.readings.length > 1 && question.given === undefined) {
    const last = question.readings.length - 1;
    const readings = question.readings.map((reading, place) =>
      place === last ? { ...reading, socket: { ...reading.socket, uid: 1001, privileged: true } } : reading,
    );
    test('one user has all of the sockets', { ...question, readings });
  }
  if (question.kernel === undefined && question.releases?.linux === undefined) {
    const older = ['6.12.0', '6.1.0', '5.10.0'].find(
      (kernel) => differing(answers, { ...question, kernel }, ['linux']).length > 0,
    );
    if (older !== undefined)
      test(`the Linux kernel is newer than ${older.replace(/\.0$/, '')}`, { ...question, kernel: older }, ['linux']);
  }
  return found;
}

/** Where a changed question has another answer, by what the answer is then. */
export function differing(
  answers: readonly Answer[],
  changed: Question,
  among: readonly SystemName[],
): Assumed['otherwise'] {
  const by = new Map<string, { outcomes: readonly Outcome[]; systems: SystemName[] }>();
  for (const { system, works, outcomes } of answers) {
    if (!among.includes(system)) continue;
    const then = decisionOf(system, changed);
    if (then.works === works && then.outcomes.join() === outcomes.join()) continue;
    const same = by.get(then.outcomes.join()) ?? { outcomes: then.outcomes, systems: [] };
    same.systems.push(system);
    by.set(then.outcomes.join(), same);
  }
  return [...by.values()];
}
