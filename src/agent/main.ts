/**
 * The agent: a process that owns sockets. It reads requests as JSON lines on stdin, makes the system calls they list,
 * and answers with what the system returned. It opens no port of its own and ends when its stdin does.
 * It imports little, because one agent is started for every part of every experiment.
 */
import os from 'node:os';
import { readlinkSync } from 'node:fs';
import type { Hello, PROTOCOL_VERSION, Reply, Request } from '../protocol/messages.ts';
import { descriptors, polled, streams } from './channel.ts';
import { clock } from './clock.ts';
import { nativeLayer } from './native/layer.ts';
import { wineVersion } from './native/wine.ts';
import { Session } from './session.ts';

function networkNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/net');
  } catch {
    return null;
  }
}

/**
 * Takes the user that the harness asked for. Every module that an operation may need is loaded first, because that user
 * may not be able to read the files: the package may be in the home folder of root, or of someone who keeps others out.
 */
async function becomeUser(uid: string): Promise<void> {
  await session.loadAll();
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}

const session = new Session(nativeLayer(process.platform, process.arch));
const wine = process.platform === 'win32' ? wineVersion() : null;
const channel = wine !== null ? descriptors : process.platform === 'linux' ? polled : streams;

function print(message: Hello | Reply): void {
  channel.print(JSON.stringify(message));
}

async function answer(line: string): Promise<void> {
  const request = JSON.parse(line) as Request;
  try {
    const { id, operations, halt = false, terse = false } = request;
    if (terse) print({ id, outcomes: await session.runTersely(operations) });
    else print({ id, results: await session.run(operations, halt) });
  } catch (error) {
    print({ id: request.id, fault: error instanceof Error ? error.message : String(error) });
  }
}

// No matter how it ends, the programs it started end with it.
process.on('exit', () => session.reset());
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

/** Greets the harness, and then answers its requests. */
function begin(): void {
  channel.listen(
    (line) => void answer(line),
    () => process.exit(0),
  );
  print(hello());
}

/** The greeting; its user is the one that the agent runs as now. */
const hello = (): Hello => ({
  // The value is written here, because loading its module would make an agent start a millisecond later.
  protocol: 3 satisfies typeof PROTOCOL_VERSION,
  pid: process.pid,
  system: process.platform,
  ...(wine === null ? {} : { wine }),
  release: os.release(),
  version: os.version(),
  architecture: process.arch,
  runtime: `node ${process.version}`,
  uid: process.getuid?.() ?? null,
  networkNamespace: networkNamespace(),
  clock: clock(),
});

const [, , uid] = process.argv;
if (uid === undefined) begin();
else void becomeUser(uid).then(begin);
