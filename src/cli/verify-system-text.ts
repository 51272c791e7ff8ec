import { list } from '../explain/sentences.ts';
import type { SystemVerification } from '../record/verification.ts';
import { counted } from '../text/counted.ts';
import { wrap } from '../text/wrap.ts';
import { portSentences, type PortChange } from '../verify/overview.ts';
import { columns, paint, say } from './terminal.ts';
import type { Since } from './verify-system.ts';

/** Lines longer than this are hard to read, however wide the terminal. */
const WIDEST = 120;
const INDENT = 4;

/** Prints a sentence for each port of several containers, the worst first, and what changed since an earlier time. */
export function tellSystem(system: SystemVerification, since: Since | null): void {
  const { containers, denies, unread, unverified, verdict } = system;
  const sentences = portSentences(system);
  const engines = containers.flatMap(({ target: { engine } }) =>
    engine === undefined ? [] : `${engine.rootless ? 'rootless ' : ''}${engine.name} ${engine.version}`,
  );
  say(`${paint('bold', system.what)}  ${paint('gray', [...new Set(engines)].join(' · '))}`);
  for (const { target } of containers) {
    if (target.shared !== undefined)
      say(paint('gray', `${target.name} shares its network with ${list(target.shared)}`));
  }
  if (denies.length > 0) say(paint('gray', `the host's firewall denies what comes in (${list(denies)})`));
  for (const why of unread) say(paint('gray', `not read of the host's firewall: ${why}`));
  for (const { container, port, verdict: own, text } of sentences) {
    const sign = own === 'wrong' ? paint('red', '✗') : paint('green', '✓');
    say(`\n${sign} ${paint('bold', `${container} ${port}`)}`);
    paragraph(sentence(text));
  }
  for (const { name, reason } of unverified) say(`\n- ${paint('bold', name)} was not looked into: ${reason}`);
  if (since !== null) tellChanges(since);
  const bad = sentences.filter((one) => one.verdict === 'wrong').length;
  const all = `${counted(sentences.length, 'port')} of ${counted(containers.length, 'network')}`;
  if (verdict === 'wrong') say(`\n${paint('red', `✗ something is wrong with ${bad} of ${all}`)}`);
  else say(`\n${paint('green', `✓ nothing is wrong with ${all}`)}`);
}

function tellChanges({ started, changes }: Since): void {
  const when = started.slice(0, 16).replace('T', ' ');
  if (changes.length === 0) {
    say(`\nNothing has changed since ${when} UTC.`);
    return;
  }
  say(`\n${paint('bold', `Changed since ${when} UTC:`)}`);
  for (const one of changes) for (const line of changeLines(one)) paragraph(line);
}

function changeLines({ container, port, change, was = '', is = '' }: PortChange): string[] {
  const name = `${container} ${port}`;
  if (change === 'new') return [`+ ${name} is new. ${sentence(is)}`];
  if (change === 'gone') return [`- ${name} is gone. Before: ${sentence(was)}`];
  return was === is
    ? [`~ ${name} is published or bound elsewhere. ${sentence(is)}`]
    : [`~ ${name}. Before: ${sentence(was)} Now: ${sentence(is)}`];
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}.`;
}

function paragraph(text: string): void {
  for (const line of wrap(text, Math.min(columns(), WIDEST) - INDENT)) say(`${' '.repeat(INDENT)}${line}`);
}
