// The name is Node's own.
/* oxlint-disable no-underscore-dangle */
import type * as Fs from 'node:fs';
import type NodeModule from 'node:module';
import type * as Path from 'node:path';
import type * as Vm from 'node:vm';

/**
 * Has the pieces of the command compiled from the code cache that the build has made beside them, which is a third of the
 * processor time of a short command. A cache is for the version of V8 that made it: another one refuses it, and compiles the
 * piece. Where there is none, as in the package, pieces are loaded as all modules are.
 */
const fs = require('node:fs') as typeof Fs;
const path = require('node:path') as typeof Path;
const vm = require('node:vm') as typeof Vm;
const Module = require('node:module') as typeof NodeModule;

/** What Node.js calls to run the text of a module; it has no type, and stays as it is since tools replace it. */
interface Compiling {
  _compile(this: NodeJS.Module, content: string, filename: string): unknown;
}

const PIECES = path.join(__dirname, '..', 'pieces');
const CACHES = path.join(__dirname, '..', 'code-cache');
const prototype = Module.prototype as unknown as Compiling;
// It is called on the module below.
// oxlint-disable-next-line typescript/unbound-method
const compileUncached = prototype._compile;

prototype._compile = function compile(content, filename) {
  const cachedData = path.dirname(filename) === PIECES ? cacheOf(path.basename(filename)) : undefined;
  if (cachedData === undefined) return compileUncached.call(this, content, filename);
  const script = new vm.Script(Module.wrap(content), { filename, cachedData });
  const run = script.runInThisContext() as (...given: unknown[]) => unknown;
  return run.call(this.exports, this.exports, (id: string) => this.require(id), this, filename, PIECES);
};

function cacheOf(name: string): Buffer | undefined {
  try {
    return fs.readFileSync(path.join(CACHES, `${name}.cache`));
  } catch {
    return undefined;
  }
}
