import path from 'node:path';
import process from 'node:process';
import { OWN_PACKAGE } from '../process/own-package.ts';

/** Where what starts an agent is in any package that is built. */
const IN_PACKAGE = 'dist/src/agent/start.cjs';
/** And in this one. */
const AGENT = path.join(OWN_PACKAGE.folder, IN_PACKAGE);

/**
 * The words that start an agent: by this process's Node.js and from this package, unless another file name of Node.js, or
 * another folder of the package, is given for another host.
 */
export function agentCommand(node: string = process.execPath, folder?: string): string[] {
  return [node, folder === undefined ? AGENT : `${folder.replace(/[/\\]+$/, '')}/${IN_PACKAGE}`];
}
