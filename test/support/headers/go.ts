import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Lack } from '../needs.ts';

/** Where Debian's golang-golang-x-sys-dev has package unix, whose constants and structures are generated from headers. */
const FOLDER = '/usr/share/gocode/src/golang.org/x/sys/unix';

/** Go's words for architectures that Node calls otherwise. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64' };

/** Go's constants of other systems. */
export const noGoHeaders: Lack | null = existsSync(FOLDER)
  ? null
  : { need: 'go-headers', reason: `${FOLDER} is not there`, enable: 'apt-get install golang-golang-x-sys-dev' };

/** One field of a structure: where it begins, and how long it is, in bytes. */
export interface Field {
  at: number;
  size: number;
}

/** Every constant that Go has for a system, errors included. */
export function goConstants(system: string, architecture: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const text of texts(['zerrors', 'ztypes'], system, architecture)) {
    for (const [, name = '', value = ''] of text.matchAll(
      /^\t(\w+) += (?:syscall\.Errno\()?(0x[0-9a-f]+|\d+)\)?$/gim,
    )) {
      found.set(name, Number(value));
    }
  }
  return found;
}

/**
 * The fields of a structure by their names in Go. Each is aligned to its own size (arrays to that of an element), as in
 * C. @throws Error when Go does not have the structure.
 */
export function goStructure(system: string, architecture: string, name: string): Map<string, Field> {
  const found = texts(['ztypes'], system, architecture)
    .map((text) => new RegExp(String.raw`^type ${name} struct \{\n([^}]*)\}`, 'm').exec(text)?.[1])
    .find((body) => body !== undefined);
  if (found === undefined) throw new Error(`Go has no ${name} for ${system}`);
  const fields = new Map<string, Field>();
  let at = 0;
  for (const line of found.trim().split('\n')) {
    const [, field = '', count, type = ''] = /^\s*(\w+)\s+(?:\[(\d+)\])?(\*?\w+)/.exec(line) ?? [];
    const unit = sizeOf(type);
    const size = unit * Number(count ?? 1);
    at = Math.ceil(at / unit) * unit;
    if (field !== '_') fields.set(field, { at, size });
    at += size;
  }
  return fields;
}

function sizeOf(type: string): number {
  if (type.startsWith('*')) return 8;
  if (type === 'byte') return 1;
  const bits = Number(/^u?int(8|16|32|64)$/.exec(type)?.[1]);
  if (Number.isNaN(bits)) throw new Error(`the size of ${type} is not known`);
  return bits / 8;
}

/** A system's own files come last, after those that all its architectures share. */
function texts(prefixes: readonly string[], system: string, architecture: string): string[] {
  const suffixes = [system, `${system}_${ARCHITECTURES[architecture] ?? architecture}`];
  return prefixes
    .flatMap((prefix) => suffixes.map((suffix) => path.join(FOLDER, `${prefix}_${suffix}.go`)))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'));
}
