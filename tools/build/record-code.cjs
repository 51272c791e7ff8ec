// Runs a command line of a build, and then writes the code that V8 has compiled of its pieces, each to a file of its own. What
// was only called while it ran is in there too. It is started by code-cache.mjs: FOLDER-OF-SRC and the words.
// The name is Node's own.
/* oxlint-disable no-underscore-dangle */
const { existsSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const process = require('node:process');
const vm = require('node:vm');

const [node, , src, ...words] = process.argv;
const pieces = path.join(src, 'pieces');
const command = path.join(src, 'cli/main.js');
const compiled = new Map();
const compileUnrecorded = Module.prototype._compile;

Module.prototype._compile = function compile(content, filename) {
  if (path.dirname(filename) !== pieces) return compileUnrecorded.call(this, content, filename);
  const script = new vm.Script(Module.wrap(content), { filename });
  compiled.set(path.basename(filename), script);
  const run = script.runInThisContext();
  return run.call(this.exports, this.exports, (id) => this.require(id), this, filename, pieces);
};

process.on('exit', () => {
  for (const [name, script] of compiled) {
    const file = path.join(src, 'code-cache', `${name}.cache`);
    if (!existsSync(file)) writeFileSync(file, script.createCachedData());
  }
});

process.argv = [node, command, ...words];
require(command);
