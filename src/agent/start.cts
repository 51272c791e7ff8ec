import type * as Unloadable from './native/unloadable.ts' with { 'resolution-mode': 'import' };

/**
 * How an agent is started. Loading its modules through `require` spares Node the asynchronous loader, which is a
 * quarter of what an agent adds to the start of a bare Node; and one is started for every part of an experiment.
 * With `end` and a number it ends the agent that has that number on this host.
 */
// At SIGUSR1 Node would open its debugger, on a port of the machine under test.
process.on('SIGUSR1', () => undefined);
if (process.argv[2] === 'end') require('./end.js');
else startAgent();

/** Where its native module can't be loaded, it says on one line what to do, and ends with 1. */
function startAgent(): void {
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
