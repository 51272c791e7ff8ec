import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { reach } from '../../../src/relay/reach.ts';
import { AgentProcess } from '../../../src/harness/agent-process.ts';
import { folder } from '../../support/cli.ts';
import { AGENT } from '../../support/namespace.ts';
import { runs, until } from '../../support/waiting.ts';
import { needs, notLinux, notUnix } from '../../support/needs.ts';

const relay = (name: string) => fileURLToPath(new URL(`../../../dist/src/relay/${name}.js`, import.meta.url));

/** Serves a socket until the test ends, and returns its path. */
async function served(): Promise<string> {
  const socket = path.join(folder(), 'socket');
  const server = spawn(process.execPath, [relay('serve'), socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void server.kill());
  await once(server.stdout, 'data');
  return socket;
}

const joined = (socket: string, ...words: string[]) => {
  const launch = [process.execPath, relay('join'), socket];
  const agent = [process.execPath, AGENT];
  return AgentProcess.start({
    command: [...launch, ...agent, ...words],
    title: 'the agent',
    ender: [...launch, ...agent, 'end'],
  });
};

it('an agent behind a socket is asked and ended as any other', needs(notUnix), async () => {
  const { agent, hello } = await joined(await served());
  const [made] = await agent.ask([{ op: 'socket', as: 's', family: 'inet', type: 'dgram' }], false);
  expect(made?.outcome).toBe('ok');
  await agent.end();
  await until('it has ended', () => !runs(hello.pid));
});

it('one that does not look at its stdin is ended all the same', needs(notLinux), async () => {
  const { agent, hello } = await joined(await served());
  process.kill(hello.pid, 'SIGSTOP');
  await agent.end();
  await until('it has ended', () => !runs(hello.pid));
});

it('nothing but an agent is started', needs(notUnix), async () => {
  const socket = connect(await served());
  socket.write('sh -c true\n');
  const [data] = (await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [null])])) as unknown[];
  expect(data).toBeNull();
});

it('a socket that no one can serve is reported at once', needs(notUnix), async () => {
  await expect(joined(path.join(folder(), 'none/socket'))).rejects.toThrow(
    /^the agent ended with exit code 1: bindspec: no one can serve \/.*none\/socket: the folder \/.*none is not there$/,
  );
});

it('a socket that no one serves is reported in the end', needs(notUnix), async () => {
  await expect(reach(path.join(folder(), 'none'), 150)).rejects.toThrow(/^no one serves \/.*none: connect ENOENT/);
});

it('a socket that is served only later is waited for', needs(notUnix), async () => {
  const socket = path.join(folder(), 'late');
  const reaching = reach(socket, 20_000);
  await after(150);
  const server = createServer((one) => one.end()).listen(socket);
  (await reaching).destroy();
  server.close();
});
