import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { DeclaredProgram } from '../../program/program.ts';
import { BadUnit, programOfUnit } from '../../program/unit.ts';
import { readGivenText, UnreadableFile, type FileKind } from '../../files/given-file.ts';
import { unknown } from '../../text/unknown.ts';

/** Where units are, the first that has one wins; systemd.unit(5), "System Unit Search Path". */
const PLACES = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];
const TMPFILES = ['/etc/tmpfiles.d', '/usr/lib/tmpfiles.d'];
const UNIT: FileKind = { what: 'a unit', most: 1, advice: 'name a unit file' };

/**
 * The program that a unit of this machine starts. A name with a / is a file.
 * @param layers folders that are laid over the machine's files, the uppermost first
 * @throws BadUnit where there is no such unit, or it starts nothing
 */
export function readUnit(name: string, layers: readonly string[] = []): DeclaredProgram {
  const roots = [...layers, ''];
  const asFile = name.includes('/');
  const full = /\.\w+$/.test(name) ? name : `${name}.service`;
  const base = path.basename(full);
  if (!base.endsWith('.service')) throw new BadUnit(`'${name}' is not a service: only services start programs`);
  const template = base.replace(/@[^.]*\./, '@.');
  const text = asFile ? readText(full) : [base, template].flatMap((one) => firstOf(roots, PLACES, one) ?? [])[0];
  if (text === undefined || text === null) {
    if (asFile) throw new BadUnit(`${full}: there is no such unit file; correct the name`);
    throw new BadUnit(unknown('unit', base, unitNames(roots), `it is in none of ${PLACES.join(', ')}`));
  }
  const program = programOfUnit({
    name: base,
    texts: [text, ...dropIns(roots, [...new Set([template, base])])],
    tmpfiles: firstOf(roots, TMPFILES, base.replace(/(?:@[^.]*)?\.service$/, '.conf')) ?? '',
    environmentFile: (file) => firstOf(roots, [path.dirname(file)], path.basename(file)),
  });
  return layers.length === 0 ? program : { ...program, layers };
}

function firstOf(roots: readonly string[], folders: readonly string[], name: string): string | null {
  for (const folder of folders) {
    for (const root of roots) {
      const text = readText(`${root}${folder}/${name}`);
      if (text !== null) return text;
    }
  }
  return null;
}

/** Null for what is not there, and for a unit that is masked: a link to /dev/null. */
function readText(file: string): string | null {
  try {
    return readGivenText(file, UNIT);
  } catch (error) {
    if (error instanceof UnreadableFile) return null;
    throw error;
  }
}

function dropIns(roots: readonly string[], names: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const folder of PLACES.toReversed()) {
    for (const root of roots.toReversed()) {
      for (const name of names) {
        for (const entry of entriesOf(`${root}${folder}/${name}.d`).filter((one) => one.endsWith('.conf'))) {
          found.set(entry, `${root}${folder}/${name}.d/${entry}`);
        }
      }
    }
  }
  return [...found].toSorted(([one], [other]) => one.localeCompare(other)).flatMap(([, file]) => readText(file) ?? []);
}

function unitNames(roots: readonly string[]): string[] {
  return roots.flatMap((root) =>
    PLACES.flatMap((folder) => entriesOf(root + folder).filter((one) => one.endsWith('.service'))),
  );
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
