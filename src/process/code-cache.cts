// The name is Node's own.
/* oxlint-disable no-underscore-dangle */
import type * as Fs from 'node:fs';
import type NodeModule from 'node:module';
import type * as Path from 'node:path';
import type * as Vm from 'node:vm';

/**
 * Has the pieces of the command, and the agent, compiled from the code cache that the build has made, which is a third of the
 * processor time of a short command, and as much of what an agent adds to the start of Node.js. A cache is for the version of
 * V8 that made it: another one refuses it, and compiles the file. Where there is none, as in the package, files are loaded as
 * all modules are.
 */
const fs = require('node:fs') as typeof Fs;
const path = require('node:path') as typeof Path;
const vm = require('node:vm') as typeof Vm;
const Module = require('node:module') as typeof NodeModule;

/** What Node.js calls to run the text of a module; it has no type, and stays as it is since tools replace it. */
interface Compiling {
  _compile(this: NodeJS.Module, content: string, filename: string): unknown;
}

const SOURCES = path.join(__dirname, '..');
const CACHES = path.join(SOURCES, 'code-cache');
/** The folders whose files may have a cache. */
const CACHED: ReadonlySet<string> = new Set([path.join(SOURCES, 'pieces'), path.join(SOURCES, 'agent')]);
const prototype = Module.prototype as unknown as Compiling;
// It is called on the module below.
// oxlint-disable-next-line typescript/unbound-method
const compileUncached = prototype._compile;

prototype._compile = function compile(content, filename) {
  const folder = path.dirname(filename);
  const cachedData = CACHED.has(folder) ? cacheOf(path.relative(SOURCES, filename)) : undefined;
  if (cachedData === undefined) return compileUncached.call(this, content, filename);
  const script = new vm.Script(Module.wrap(content), { filename, cachedData });
  const run = script.runInThisContext() as (...given: unknown[]) => unknown;
  return run.call(this.exports, this.exports, (id: string) => this.require(id), this, filename, folder);
};

function cacheOf(name: string): Buffer | undefined {
  try {
    return fs.readFileSync(path.join(CACHES, `${name}.cache`));
  } catch {
    return undefined;
  }
}
