import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** What starts an agent in this package, once it is built. */
const AGENT = fileURLToPath(new URL('../agent/start.cjs', import.meta.url));
/** Where that is in any package. */
const IN_PACKAGE = 'dist/src/agent/start.cjs';

/**
 * The words that start an agent: by this process's Node.js and from this package, unless another file name of Node.js, or
 * another folder of the package, is given for another host.
 */
export function agentCommand(node: string = process.execPath, folder?: string): string[] {
  return [node, folder === undefined ? AGENT : `${folder.replace(/[/\\]+$/, '')}/${IN_PACKAGE}`];
}
