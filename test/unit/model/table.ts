import { models } from '../../../src/model/index.ts';
import type { NextSocket, Options, PresentSocket, Protocol, SystemName } from '../../../src/model/types.ts';

const PORT = 8080;

const LETTERS: Readonly<Record<string, Options>> = {
  '-': {},
  A: { reuseaddr: true },
  P: { reuseport: true },
  AP: { reuseaddr: true, reuseport: true },
  E: { exclusive: true },
  L: { reuseportLb: true },
};

/**
 * A socket as the tables spell it: an address, `v6only` or `dual` where it matters, and option letters, for example
 * `0.0.0.0 A`, `:: dual`, `W AP` or `S -`. W is 0.0.0.0 and S is 127.0.0.1.
 */
export function socket(text: string, protocol: Protocol = 'tcp', rest: Partial<PresentSocket> = {}): PresentSocket {
  const words = text.trim().split(/\s+/);
  const [name = '', ...more] = words;
  const address = name === 'W' ? '0.0.0.0' : name === 'S' ? '127.0.0.1' : name;
  const flag = more.find((word) => word === 'v6only' || word === 'dual');
  const letters = more.find((word) => word in LETTERS) ?? '-';
  const family = address.includes(':') ? 'inet6' : 'inet';
  const v6only = family === 'inet6' ? { v6only: flag === 'v6only' } : {};
  return { protocol, family, address, port: PORT, options: LETTERS[letters] ?? {}, ...v6only, ...rest };
}

type Asked = 'bind' | 'listen';

export interface Question {
  readonly system: SystemName;
  readonly protocol?: Protocol;
  readonly first?: Partial<PresentSocket>;
  readonly second?: Partial<NextSocket>;
  /** Whether the cell is what bind() returns, or the first refusal of bind() and listen(). */
  readonly asked?: Asked;
}

/** The model's first answer for one cell, as the tables spell it. */
export function answer(first: string, second: string, question: Question): string {
  const { system, protocol = 'tcp', asked = 'bind' } = question;
  const present = [socket(first, protocol, question.first)];
  const verdict = models[system].predict(present, { ...socket(second, protocol), ...question.second });
  const outcome =
    asked === 'listen' && verdict.listen !== undefined ? verdict.listen.outcomes[0] : verdict.bind.outcomes[0];
  if (outcome === 'ok') return 'ok';
  return outcome === 'EADDRINUSE' || outcome === 'WSAEADDRINUSE'
    ? 'X'
    : outcome === 'WSAEACCES'
      ? 'D'
      : String(outcome);
}

/** A square table, first sockets down and second ones across: what it says, and what the model says. */
export function compare(
  text: string,
  question: Question,
): { said: Record<string, string>; modelled: Record<string, string> } {
  const said: Record<string, string> = {};
  const modelled: Record<string, string> = {};
  for (const [first, second, cell] of cells(text)) {
    const key = `${first}, then ${second}`;
    said[key] = cell;
    modelled[key] = answer(first, second, question);
  }
  return { said, modelled };
}

/** The cells of a table. A row may stand for several first sockets, as in `W - / S -`. */
export function cells(text: string): readonly (readonly [first: string, second: string, cell: string])[] {
  const rows = text
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [head = [], ...body] = rows;
  return body
    .filter((row) => !row[0]?.startsWith('--'))
    .flatMap(([names = '', ...row]) =>
      names
        .split(' / ')
        .flatMap((first) =>
          row.map((cell, column): readonly [string, string, string] => [first.trim(), head[column + 1] ?? '', cell]),
        ),
    );
}

/** A table in which every cell except the named ones is the same. */
export function all(text: string, cell: string): string {
  return text.replaceAll(/\b(?:ok|X|D)\b/g, cell);
}
