import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { firefox, type Browser } from 'playwright-core';
import { paced } from '../src/process/pace.ts';
import { withoutUnknownCommands } from './bidi-frames.ts';

/** Debian's. */
export const FIREFOX = '/usr/bin/firefox-esr';

const LOOPBACK = '127.0.0.1';

/**
 * Starts Firefox in a network namespace of its own that has only loopback. It is driven over WebDriver BiDi, whose port is
 * on that loopback: each connection to a port of this process goes there by a process that enters the namespace.
 * @throws Error if Firefox or namespaces are not available
 */
export async function startFirefox(): Promise<{ browser: Browser; close: () => Promise<void> }> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'bindspec-firefox-'));
  const pid = path.join(home, 'pid');
  const door = net.createServer((client) => enter(client, readFileSync(pid, 'utf8').trim(), portOf(door)));
  await new Promise<void>((resolve) => {
    door.listen(0, LOOPBACK, resolve);
  });
  const close = async () => {
    await new Promise((resolve) => {
      door.close(resolve);
    });
    rmSync(home, { recursive: true, force: true });
  };
  const wrapper = path.join(home, 'firefox');
  // Firefox refuses a request that was not sent to its own port, so both ports have the same number. The first argument,
  // which asks for any port, is replaced.
  writeFileSync(
    wrapper,
    `#!/bin/sh
shift
exec unshare ${isRoot() ? '' : '--user --map-root-user '}--net sh -c 'ip link set lo up && echo $$ >${pid} && exec ${FIREFOX} "$@"' sh --remote-debugging-port=${portOf(door)} "$@"
`,
  );
  chmodSync(wrapper, 0o755);
  try {
    const browser = await firefox.launch({
      executablePath: wrapper,
      channel: 'moz-firefox',
      timeout: paced(120_000),
      env: { ...process.env, HOME: home },
    });
    return {
      browser,
      close: async () => {
        await browser.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Connects a client to the port in the namespace of a process. */
function enter(client: net.Socket, pid: string, port: number): void {
  const relay = `const there = require('node:net').connect(${port}, '${LOOPBACK}');
    process.stdin.pipe(there).pipe(process.stdout);
    there.on('error', () => process.exit(1)).on('close', () => process.exit(0));`;
  const inside = spawn(
    'nsenter',
    [
      '--target',
      pid,
      ...(isRoot() ? [] : ['--user', '--preserve-credentials']),
      '--net',
      process.execPath,
      '-e',
      relay,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  client.pipe(withoutUnknownCommands()).pipe(inside.stdin);
  inside.stdout.pipe(client);
  client.on('error', () => inside.kill()).on('close', () => inside.kill());
  inside.on('exit', () => client.destroy());
  inside.stdin.on('error', () => client.destroy());
}

function portOf(server: net.Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
