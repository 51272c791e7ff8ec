import process from 'node:process';

// Loaded before all else. On SIGUSR1 Node would open its debugger to anyone who can reach the port. SIGXFSZ would end
// the process if a file may not grow; when it is ignored, the write fails, and that is reported.
for (const signal of ['SIGUSR1', 'SIGXFSZ'] as const) process.on(signal, () => undefined);
