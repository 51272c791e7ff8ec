import { existsSync } from 'node:fs';
import { isFolder } from '../files/is-folder.ts';
import { UserError } from './exit.ts';

/** Sees that a folder of reports, where something of this name is there at all, is a folder. @throws UserError */
export function wantFolder(reports: string): void {
  if (!existsSync(reports) || isFolder(reports)) return;
  throw new UserError(`'${reports}' is a file: with --reports, name the folder of reports that contains it`);
}
