// Runs a program of a build, and then writes the code that V8 has compiled of its files in a folder, each to a file of its own.
// What was only called while it ran is in there too. It is started by code-cache.mjs: FOLDER-OF-SRC, FOLDER, the program and
// its words.
// The name is Node's own.
/* oxlint-disable no-underscore-dangle */
const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const process = require('node:process');
const vm = require('node:vm');

const [node, , src, folder, program, ...words] = process.argv;
const caches = path.join(src, 'code-cache', folder);
const recorded = path.join(src, folder);
const command = path.join(src, program);
const compiled = new Map();
const compileUnrecorded = Module.prototype._compile;

Module.prototype._compile = function compile(content, filename) {
  if (path.dirname(filename) !== recorded) return compileUnrecorded.call(this, content, filename);
  const script = new vm.Script(Module.wrap(content), { filename });
  compiled.set(path.basename(filename), script);
  const run = script.runInThisContext();
  return run.call(this.exports, this.exports, (id) => this.require(id), this, filename, recorded);
};

process.on('exit', () => {
  mkdirSync(caches, { recursive: true });
  for (const [name, script] of compiled) {
    const file = path.join(caches, `${name}.cache`);
    if (!existsSync(file)) writeFileSync(file, script.createCachedData());
  }
});

process.argv = [node, command, ...words];
require(command);
