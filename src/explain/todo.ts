import { models } from '../model/index.ts';
import type { SystemName } from '../model/types.ts';
import type { Answer } from './answer.ts';
import { isOfOneConfiguration } from './configuration.ts';
import type { Explanation } from './explanation.ts';
import { holderInWords } from './reader/reading.ts';
import { list } from './sentences.ts';
import { usualHolder } from './usual-holders.ts';

type Parts = Omit<Explanation, 'answer'>;

/** What to do, from the most helpful sentence to none. */
export function todosOf({ advice, cautions, find, answers, refusals, sockets, supposed }: Parts): string[] {
  const [row, ...others] = sockets;
  if (supposed !== undefined && row !== undefined && row.failure === undefined && others.length === 0) {
    const end = row.holder === undefined ? 'end the program that has it' : `end ${holderInWords(row.holder)}`;
    return [`What helps: ${end}; or give the other another port.`, ''];
  }
  const failing = answers.filter(({ works }) => works !== 'yes').map(({ system }) => system);
  const first =
    find.find(({ systems }) => systems.some((system) => system === answers[0]?.system))?.command ?? find[0]?.command;
  const failure = sockets.at(-1)?.failure;
  if (first !== undefined && (failing.length === 0 || (failure?.kind === 'in use' && sockets.length === 1))) {
    if (failure?.kind === 'not permitted') {
      if (failure.program === 'HTTP.sys') return ['What helps: netsh http add urlacl url=http://+:PORT/ user=NAME', ''];
      return [`Look at: ${first}${failure.systems.length === 0 ? ' (Windows)' : ''}`, ''];
    }
    const own = find.find(({ command }) => command === first)?.systems ?? [];
    const usual = failure === undefined ? undefined : usualHolder(sockets.at(-1), own);
    const command = `To find who has it: ${first}`;
    return [...(usual === undefined ? [] : [`${command} (often ${usual})`]), command, ''];
  }
  const isNoSix = failure?.kind === 'no such family' || (failure?.kind === 'not available' && sockets.length === 1);
  const last = sockets.at(-1);
  if (failing.length === 0 && isNoSix && last?.noAddress === true) {
    return ['What helps: bind 0.0.0.0, or an address that the machine has.', ''];
  }
  if (failing.length === 0 && isNoSix) {
    const isSix = last?.socket.address === '::';
    return [`What helps: bind 0.0.0.0${isSix ? ' alone, or turn IPv6 on' : ', which has every address'}.`, ''];
  }
  if (failing.length === 0) {
    const [caution] = cautions;
    if (caution !== undefined)
      return [`Careful: ${caution.text} (${onSystems(caution.systems)}).`, `Careful: ${caution.text}.`, ''];
    const [refusal] = refusals;
    return refusal === undefined ? [''] : [`To be refused instead: ${refusal.text} (${onSystems(refusal.helps)}).`, ''];
  }
  const end = advice.find(({ kind }) => kind === 'end' || kind === 'wait' || kind === 'machine');
  const keep = advice.find(({ kind }) => kind === 'same name');
  const other =
    advice.find(({ kind, brief }) => kind === 'address' && brief !== undefined) ??
    advice.find(({ kind }) => kind === 'address' || kind === 'port');
  const said = (one: typeof keep) => {
    if (one === undefined) return [];
    const everywhere = failing.every((system) => one.helps.includes(system));
    const text = one.brief ?? one.text;
    return [everywhere ? text : `${text} (${onSystems(one.helps)})`];
  };
  const ended = end?.brief ?? end?.text;
  // Who writes a configuration has its lines, and not the options of each socket.
  if (ended !== undefined && isOfOneConfiguration({ readings: sockets })) return [`What helps: ${ended}.`, ''];
  // Who pasted an error beside the row of who has the port wants the port, and can seldom change the other program.
  if (ended !== undefined && failure !== undefined && failure.kind !== 'not available') {
    const another = advice.find(({ kind }) => kind === 'port')?.text ?? '';
    const elsewhere =
      another === '' ? [] : [another.replace(/^give socket \d+/, 'give it').replace(/, from \d+ up$/, '')];
    return [`What helps: ${[ended, ...elsewhere].join('; or ')}.`, `What helps: ${ended}.`, ''];
  }
  const isWhole = keep !== undefined && failing.every((system) => keep.helps.includes(system));
  const choices = [
    ...(failure?.kind === 'not available' || isNowhere(answers)
      ? [[...said(other), ...(ended === undefined ? [] : [ended])]]
      : []),
    letsOthersTakeIt(keep)
      ? [...(ended === undefined ? [] : [ended]), ...said(keep)]
      : [...said(keep), ...(ended === undefined ? [] : [ended])],
    ...(isWhole ? [said(keep), ended === undefined ? [] : [ended]] : [ended === undefined ? [] : [ended], said(keep)]),
    said(other),
  ];
  return [...choices.filter((all) => all.length > 0).map((all) => `What helps: ${all.join('; or ')}.`), ''];
}

/** Whether what helps is SO_REUSEADDR of Windows: with it any program takes the port of another (Winsock's documentation). */
function letsOthersTakeIt(one: Explanation['advice'][number] | undefined): boolean {
  return one !== undefined && one.text.includes('SO_REUSEADDR') && one.helps.every((system) => system === 'windows');
}

/** Whether every refusal is that of an address that the machine does not have. */
function isNowhere(answers: readonly Answer[]): boolean {
  const refused = answers.filter(({ works }) => works !== 'yes');
  return refused.length > 0 && refused.every(({ outcomes }) => outcomes.every((one) => one.endsWith('EADDRNOTAVAIL')));
}

function onSystems(systems: readonly SystemName[]): string {
  return list(systems.map((system) => models[system].title));
}
