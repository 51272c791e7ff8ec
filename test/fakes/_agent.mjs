// What the misbehaving agents share: the manners of a real one, up to the sin.
import os from 'node:os';
import { createInterface } from 'node:readline';

export function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

export function hello(changes = {}) {
  say({
    protocol: 3,
    pid: process.pid,
    system: process.platform,
    release: os.release(),
    version: os.version(),
    architecture: process.arch,
    runtime: `node ${process.version}`,
    uid: process.getuid?.() ?? null,
    networkNamespace: null,
    clock: Number(process.hrtime.bigint() / 1000n) / 1000,
    ...changes,
  });
}

/** Calls back for every request; ends with stdin. */
export function requests(callback) {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => callback(JSON.parse(line)));
  lines.on('close', () => process.exit(0));
}

/** The results of a well-behaved agent that has nothing to tell. */
export function results(operations) {
  return operations.map(({ op }) => ({
    outcome: 'ok',
    at: Number(process.hrtime.bigint() / 1000n) / 1000,
    took: 0,
    ...(op === 'reset' ? { open: 0 } : {}),
  }));
}

/** Keeps the event loop from ever turning again. */
export function block() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
