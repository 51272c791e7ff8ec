import process from 'node:process';

// Loaded before all else. At SIGUSR1 Node would open its debugger, to whoever can reach the port. At SIGXFSZ a file that
// may not become longer would end the process; without it the write fails, and that is told.
for (const signal of ['SIGUSR1', 'SIGXFSZ'] as const) process.on(signal, () => undefined);
