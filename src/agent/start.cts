/**
 * How an agent is started. Loading its modules through `require` spares Node the asynchronous loader, which is a
 * quarter of what an agent adds to the start of a bare Node; and one is started for every part of an experiment.
 * With `end` and a number it ends the agent that has that number on this host.
 */
if (process.argv[2] === 'end') require('./end.js');
else require('./main.js');
