import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentProcess } from '../../../../src/harness/agent-process.ts';
import { agentCommand } from '../../../../src/lab/agent-command.ts';
import { connectOnly, probe } from '../../../../src/runner/published/probe.ts';

const HERE = '127.0.0.1';
/** Long enough for an event that follows at once, and short enough to wait for one that never does; milliseconds. */
const PATIENCE = 300;

let agent: AgentProcess;
const servers: Server[] = [];
const connections: Socket[] = [];

beforeAll(async () => {
  ({ agent } = await AgentProcess.start({ command: agentCommand(), title: 'the agent' }));
});
afterAll(async () => {
  await agent.end();
  for (const socket of connections) socket.destroy();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A server that does the given thing with each connection, and its port. */
async function served(act: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    connections.push(socket.on('error', () => undefined));
    act(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, HERE, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** A port at which nothing listens. */
async function freePort(): Promise<number> {
  const port = await served(() => undefined);
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  return port;
}

describe('a probe over TCP', () => {
  const ask = async (port: number) => probe(agent, { socket: 'tcp', address: HERE, port, data: 'hello' }, PATIENCE);

  it('is answered with what the server sends', async () => {
    const port = await served((socket) => socket.on('data', (data) => socket.write(`got ${String(data)}`)));
    expect(await ask(port)).toMatchObject({ outcome: 'answered', data: 'got hello' });
  });

  it('is accepted where the server says nothing', async () => {
    expect(await ask(await served(() => undefined))).toMatchObject({ outcome: 'accepted' });
  });

  it('is closed where the server ends it', async () => {
    expect(await ask(await served((socket) => socket.destroy()))).toMatchObject({ outcome: 'closed' });
  });

  it('is refused where nothing listens', async () => {
    expect(await ask(await freePort())).toMatchObject({ outcome: 'refused' });
  });
});

describe('a probe over UDP', () => {
  it.each(['udp', 'udp unconnected'] as const)('by %s is answered, with the address that did', async (socket) => {
    const on = `server for ${socket}`;
    const started = await agent.ask(
      [
        { op: 'socket', as: on, family: 'inet', type: 'dgram' },
        { op: 'bind', on, address: HERE, port: 0 },
        { op: 'getsockname', on },
        { op: 'serve', on, name: 'x' },
      ],
      true,
    );
    const port = started[2]?.name?.port ?? 0;
    expect(await probe(agent, { socket, address: HERE, port, data: 'hello' }, PATIENCE)).toMatchObject({
      outcome: 'answered',
      data: 'x: Your data was 5 bytes',
      from: HERE,
    });
  });

  it('is refused to a connected socket only', async () => {
    const [port, data] = [await freePort(), ''];
    expect(await probe(agent, { socket: 'udp', address: HERE, port, data }, PATIENCE)).toMatchObject({
      outcome: 'refused',
    });
    expect(await probe(agent, { socket: 'udp unconnected', address: HERE, port, data }, PATIENCE)).toMatchObject({
      outcome: 'silence',
    });
  });
});

describe('a connection that sends nothing', () => {
  const connect = async (port: number, arrived: boolean) =>
    connectOnly(agent, { address: HERE, port }, PATIENCE, async () => arrived);

  it('is open where it arrives, however the server goes on', async () => {
    expect(await connect(await served((socket) => socket.destroy()), true)).toEqual({ outcome: 'open' });
  });

  it('is only accepted, or closed, where someone else has taken it', async () => {
    expect(await connect(await served(() => undefined), false)).toEqual({ outcome: 'accepted' });
    expect(await connect(await served((socket) => socket.destroy()), false)).toEqual({ outcome: 'closed' });
  });

  it('is open where it arrives while the server ends it', async () => {
    const port = await served((socket) => socket.destroy());
    let looks = 0;
    // The connection is not there at the first look, and its end is known before the second look.
    const arrived = async () => (looks += 1) > 1;
    expect(await connectOnly(agent, { address: HERE, port }, PATIENCE, arrived)).toEqual({ outcome: 'open' });
  });

  it('is refused where nothing listens', async () => {
    expect(await connect(await freePort(), false)).toEqual({ outcome: 'refused' });
  });
});
