import process from 'node:process';
import { styleText } from 'node:util';
import type { Verdict } from '../record/record.ts';
import { visible } from '../text/visible.ts';
import type { LineKind } from '../report/failure.ts';
import { shortMessage } from '../text/shorten.ts';
import { isTerminal, print, printError } from './output.ts';

type Style = Parameters<typeof styleText>[0];

/** Whether colours are wanted: on a terminal unless NO_COLOR is set, elsewhere only with FORCE_COLOR. */
function wantsColour(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0';
  return isTerminal('stdout');
}

let coloured: boolean | undefined;

export function paint(style: Style, text: string): string {
  coloured ??= wantsColour();
  return coloured ? styleText(style, text) : text;
}

const SIGNS: Record<Verdict, { sign: string; style: Style }> = {
  pass: { sign: '✓', style: 'green' },
  differs: { sign: '≠', style: 'green' },
  fail: { sign: '✗', style: 'red' },
  known: { sign: '!', style: 'yellow' },
  stale: { sign: '✗', style: 'red' },
  unjudged: { sign: '?', style: 'cyan' },
  skipped: { sign: '-', style: 'gray' },
  error: { sign: '✗', style: 'magenta' },
};

/** A verdict as a sign and a word, in its colour, padded to the longest. */
export function verdictWord(verdict: Verdict): string {
  const { sign, style } = SIGNS[verdict];
  return paint(style, `${sign} ${verdict.padEnd(8)}`);
}

const LINES: Partial<Record<LineKind, Style>> = {
  title: ['bold', 'red'],
  id: 'gray',
  source: 'gray',
  heading: 'bold',
  expected: 'yellow',
  observed: 'green',
  call: 'gray',
  command: 'cyan',
};

export function paintLine(text: string, kind: LineKind): string {
  const style = LINES[kind];
  return style === undefined ? text : paint(style, text);
}

/** How wide a line may be; what is piped is not cut. */
export function columns(): number {
  return isTerminal('stdout') ? Math.max(process.stdout.columns, 40) : 1000;
}

/** A text cut to a number of characters. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`;
}

/** What `paint` puts around a text. Only these of all escapes get to the terminal. */
const COLOURS = new RegExp(String.raw`(${'\u001B'}\[(?:1|22|3[1-9]|9\d)m)`);

/** The beginning of a line that a job of GitHub Actions would interpret as an instruction. */
const COMMAND = new RegExp(String.raw`^(?:\s|${COLOURS.source})*(?:::|##\[)`);

/**
 * Lines that can't control the terminal, or a job of GitHub Actions, whatever is in them: a record may come from
 * anywhere. Invisible characters are written as escapes; colours, which are harmless, stay.
 */
function harmless(lines: string): string {
  return lines
    .split('\n')
    .map((line) =>
      line
        .split(COLOURS)
        .map((part, index) => (index % 2 === 1 ? part : visible(part)))
        .join(''),
    )
    .map((line) => (process.env['GITHUB_ACTIONS'] === 'true' ? line.replace(COMMAND, '|$&') : line))
    .join('\n');
}

/** Prints lines on stdout. */
export function say(text = ''): void {
  print(`${harmless(text)}\n`);
}

/** Prints one line on stderr, whatever the user's words in it are made of, cut to a length that a person reads. */
export function complain(text: string): void {
  const line = shortMessage(text)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\n', String.raw`\n`);
  printError(`${harmless(line)}\n`);
}

/** Prints an instruction to a job of GitHub Actions on stderr; all its values are already escaped. */
export function instruct(command: string): void {
  printError(`${command}\n`);
}

/** Prints a value as JSON on stdout, in which what can't be seen is escaped as JSON has it. */
export function sayJson(value: unknown, indent?: number): void {
  const json = JSON.stringify(value, null, indent).replaceAll(
    // What JSON itself escapes, line ends between values included, is not among these.
    /[\u007F-\u009F\u2028\u2029\p{Cf}]/gu,
    escaped,
  );
  print(`${json}\n`);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
