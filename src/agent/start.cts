import type * as Unloadable from './native/unloadable.ts' with { 'resolution-mode': 'import' };

/**
 * How an agent is started. It loads its modules through `require`, so that Node does not need the asynchronous loader. That
 * loader would take a quarter of the time that an agent adds to the start of Node, and every part of an experiment has an
 * agent.
 * With `end` and a number it ends the agent that has that number on this host.
 */
// At SIGUSR1 Node would open its debugger, on a port of the machine under test.
process.on('SIGUSR1', () => undefined);
if (process.argv[2] === 'end') require('./end.js');
else startAgent();

/** Where the agent's native module can't be loaded, prints on one line what to do, and ends with exit code 1. */
function startAgent(): void {
  require('../process/code-cache.cjs');
  try {
    require('./main.js');
  } catch (error) {
    const { whyUnloadable } = require('./native/unloadable.js') as typeof Unloadable;
    const why = whyUnloadable(error, process.platform, process.arch);
    if (why === null) throw error;
    process.stderr.write(`${why}\n`);
    process.exitCode = 1;
  }
}
