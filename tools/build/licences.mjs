import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The licences of the libraries that are in chunks of rolldown, as one text.
 * @throws Error for a library that has no text of a licence, which must not be given away then
 */
export function licencesOf(root, chunks) {
  const modules = chunks.flatMap((chunk) => chunk.moduleIds ?? []).map((file) => file.split(path.sep).join('/'));
  const folders = new Set(
    modules.flatMap((file) => /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []),
  );
  const parts = [...folders]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
      if (file === undefined) throw new Error(`${name} ${version} has no file with its licence`);
      return `${name} ${version} (${license})\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
    });
  return ['The files in this folder contain these libraries, whole or in part.\n', ...parts].join(
    `\n${'-'.repeat(80)}\n\n`,
  );
}
