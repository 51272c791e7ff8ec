import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Lack } from '../needs.ts';

/** Where Debian's librust-libc-dev has the libc crate, whose constants its authors test against the systems' headers. */
const REGISTRY = '/usr/share/cargo/registry';
const FOLDER = folder();

/** Rust's constants of other systems. */
export const noRustHeaders: Lack | null =
  FOLDER === null
    ? { need: 'rust-headers', reason: `there is no libc in ${REGISTRY}`, enable: 'apt-get install librust-libc-dev' }
    : null;

/** The files of a system, the general ones first: what a later one has is what holds. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  darwin: ['mod', 'bsd/mod', 'bsd/apple/mod', 'bsd/apple/b64/mod'],
  freebsd: ['mod', 'bsd/mod', 'bsd/freebsdlike/mod', 'bsd/freebsdlike/freebsd/mod'],
  openbsd: ['mod', 'bsd/mod', 'bsd/netbsdlike/mod', 'bsd/netbsdlike/openbsd/mod'],
};
const OF_ARCHITECTURE: Readonly<Record<string, string>> = {
  darwin: 'bsd/apple/b64',
  freebsd: 'bsd/freebsdlike/freebsd',
  openbsd: 'bsd/netbsdlike/openbsd',
};
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };
const SIZES: Readonly<Record<string, number>> = { u32: 4, c_int: 4, c_long: 8, c_longlong: 8 };

/** Every constant that the crate has for a system, as far as it can be read without compiling it. */
export function rustConstants(system: string, architecture: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const text of texts(system, architecture)) {
    for (const [, name = '', expression = ''] of text.matchAll(/^\s*(?:pub )?const (\w+): [:\w]+ = ([^;]+);/gm)) {
      const value = evaluate(expression, found);
      if (value !== null) found.set(name, value);
    }
  }
  return found;
}

/** Sums, differences and shifts of numbers, sizes and constants that came before; null for anything else. */
function evaluate(expression: string, known: ReadonlyMap<string, number>): number | null {
  const [first = '', ...rest] = expression.trim().split(/ ([-+]|<<|\|) /);
  let value = term(first, known);
  for (let index = 0; index + 1 < rest.length && value !== null; index += 2) {
    const next = term(rest[index + 1] ?? '', known);
    value = next === null ? null : apply(value, rest[index] ?? '', next);
  }
  return value;
}

function apply(left: number, operator: string, right: number): number {
  if (operator === '-') return left - right;
  if (operator === '+') return left + right;
  return operator === '<<' ? left << right : left | right;
}

function term(text: string, known: ReadonlyMap<string, number>): number | null {
  const literal = text.replaceAll('_', '');
  if (/^(0x[0-9a-f]+|\d+)$/i.test(literal)) return Number(literal);
  const size = /^(?:[\w:]*::)?size_of::<(?:::)?(\w+)>\(\)$/.exec(text)?.[1];
  return (size === undefined ? known.get(text) : SIZES[size]) ?? null;
}

function texts(system: string, architecture: string): string[] {
  const own = `${OF_ARCHITECTURE[system]}/${ARCHITECTURES[architecture]}`;
  return [...(FILES[system] ?? []), `${own}/mod`, own]
    .map((file) => path.join(FOLDER ?? '', 'src/unix', `${file}.rs`))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'));
}

function folder(): string | null {
  const found = existsSync(REGISTRY) ? readdirSync(REGISTRY).filter((name) => /^libc-0\.\d/.test(name)) : [];
  return found[0] === undefined ? null : path.join(REGISTRY, found[0]);
}
