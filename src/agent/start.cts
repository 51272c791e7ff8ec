/**
 * How an agent is started. Loading its modules through `require` spares Node the asynchronous loader, which is a
 * quarter of what an agent adds to the start of a bare Node; and one is started for every part of an experiment.
 */
require('./main.js');
