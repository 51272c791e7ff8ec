import type { Answer } from '../explain/answer.ts';
import { explain } from '../explain/explain.ts';
import type { Explanation, Wanted } from '../explain/explanation.ts';
import { readSocket, readTexts, type ReadTexts } from '../explain/reader/read-texts.ts';
import type { Reading } from '../explain/reader/reading.ts';
import { readSettings, type Settings } from '../explain/reader/settings.ts';
import { spell } from '../explain/reader/spell.ts';
import { sentenceOf } from '../explain/sentences.ts';
import { adviceOf, assumedOf, groundsOf } from '../explain/told.ts';
import type { PresentSocket } from '../model/types.ts';
import { anyAddress as address, kernel, presentSocket, release, systemName } from './model-shapes.ts';
import { fields, integer, eachOf, made, mapOf, textThat } from './shape.ts';

const sockets = eachOf(textThat('a text'), "a list of texts, for example ['tcp 0.0.0.0:80', 'tcp 127.0.0.1:80']", 1);
const oneText = textThat("a text, for example 'tcp 0.0.0.0:80'");
const settingTexts = eachOf(
  textThat('a setting, for example bindv6only=1'),
  "a list of texts, for example ['bindv6only=1']",
);
const settings = made('readSettings() returned', ['hosts', 'said']);
const wantedShape = fields({
  systems: eachOf(systemName, "a list of systems, for example ['linux']", 1),
  kernel,
  releases: mapOf(systemName, release, "a release for each system, for example { freebsd: '14.3' }"),
  settings,
  sent: fields({
    to: address,
    from: fields({ address, port: integer(1, 65_535, 'a port from 1 to 65535') }, ['address']),
  }),
});
const explanation = made('explain() returned', ['answers', 'advice', 'sockets', 'assumed', 'otherwise']);
const answer = made('explain() returned in answers', ['system', 'rule', 'outcomes']);

/**
 * Says what happens, on every system, to the last of several sockets that are bound one after the other.
 * @param texts one text for each socket, or one plan, or pasted lines of listings, configurations and error messages
 * @throws Unreadable for a text that names no socket, BadPlan for a plan that can't be read, BadArgument for what is not
 * of the form of the types
 */
export function checkedExplain(texts: readonly string[], wanted: Wanted = {}): Explanation {
  sockets(texts, 'texts');
  wantedShape(wanted, 'wanted');
  return explain(texts, wanted);
}

/** `readTexts`, with its argument checked. @throws Unreadable, BadArgument */
export function checkedReadTexts(texts: readonly string[]): ReadTexts {
  sockets(texts, 'texts');
  return readTexts(texts);
}

/** `readSocket`, with its argument checked. @throws Unreadable, BadArgument */
export function checkedReadSocket(socket: string): Reading {
  oneText(socket, 'text');
  return readSocket(socket);
}

/** `readSettings`, with its arguments checked. @throws BadSetting, BadArgument */
export function checkedReadSettings(texts: readonly string[], before?: Settings): Settings {
  settingTexts(texts, 'texts');
  if (before !== undefined) settings(before, 'before');
  return readSettings(texts, before);
}

/** `spell`, with its argument checked. @throws BadArgument */
export function checkedSpell(socket: PresentSocket): string {
  presentSocket(socket, 'socket');
  return spell(socket);
}

/** `sentenceOf`, with its argument checked. @throws BadArgument */
export function checkedSentenceOf(of: Answer): string {
  answer(of, 'answer');
  return sentenceOf(of);
}

/** `groundsOf`, with its argument checked. @throws BadArgument */
export function checkedGroundsOf(of: Pick<Answer, 'rule'>): string {
  made('explain() returned in answers', ['rule'])(of, 'answer');
  return groundsOf(of);
}

/** `adviceOf`, with its argument checked. @throws BadArgument */
export function checkedAdviceOf(of: Explanation): ReturnType<typeof adviceOf> {
  explanation(of, 'explanation');
  return adviceOf(of);
}

/** `assumedOf`, with its argument checked. @throws BadArgument */
export function checkedAssumedOf(of: Explanation): string[] {
  explanation(of, 'explanation');
  return assumedOf(of);
}
