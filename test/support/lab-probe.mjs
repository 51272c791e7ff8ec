// Opens netns labs and tries them, in a process of its own, so that a test can do it as another user and can kill it.
// Its arguments: the folder of the built package, and how many labs. It prints one line of JSON when it has tried
// them, and closes them at the end of stdin.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const [, , dist, wanted] = process.argv;
const { netns, AgentProcess } = await import(pathToFileURL(path.join(dist, 'tools/lab.js')).href);

const TIMES = 200;
const FAMILIES = ['inet', 'inet6'];

async function lookAt(lab) {
  const hosts = {};
  for (const host of ['machine', 'neighbour', 'gateway']) {
    const inside = (...command) => {
      const [launcher, ...words] = [...lab.launch(host), ...command];
      return execFileSync(launcher, words, { encoding: 'utf8' });
    };
    hosts[host] = {
      namespace: inside('readlink', '/proc/self/ns/net').trim(),
      addresses: [...inside('ip', '-o', 'addr', 'show').matchAll(/inet6? (\S+)/g)].map(([, address]) => address),
      routes: inside('ip', 'route') + inside('ip', '-6', 'route'),
    };
  }
  return hosts;
}

function start(lab, host) {
  const command = [...lab.launch(host), process.execPath, path.join(dist, 'src/agent/start.cjs')];
  return AgentProcess.start({ command, title: `the agent on ${host}`, grace: 20_000 });
}

/**
 * Binds if told to, connects, then sends and listens so many times; how often each outcome was seen. After a message
 * with a silence it stops, because one is enough to know.
 */
async function ask(agent, family, { from, to, port, times, within }) {
  const bind = from === undefined ? [] : [{ op: 'bind', on: 's', address: from, port: 0 }];
  const connect = { op: 'connect', on: 's', address: to, port };
  const opened = await agent.ask([{ op: 'socket', as: 's', family, type: 'dgram' }, ...bind, connect], false);
  const seen = {};
  const count = ({ outcome }) => {
    seen[outcome] = (seen[outcome] ?? 0) + 1;
  };
  for (const result of opened) if (result.outcome !== 'ok') count(result);
  for (let done = 0; done < times && !seen.silence; done += Math.min(times, 10)) {
    const once = [
      { op: 'send', on: 's', data: 'x' },
      { op: 'recv', on: 's', within },
    ];
    const results = await agent.ask(Array.from({ length: Math.min(times, 10) }, () => once).flat(), false);
    for (const [index, result] of results.entries()) if (index % 2 === 1 || result.outcome !== 'ok') count(result);
  }
  await agent.ask([{ op: 'close', on: 's' }], false);
  return seen;
}

async function tryOut(lab) {
  const machine = await start(lab, 'machine');
  const neighbour = await start(lab, 'neighbour');
  const tried = {};
  for (const family of FAMILIES) {
    const at = lab.facts.addresses[family];
    const refused = { port: 9, times: TIMES, within: 1000 };
    const filtered = { from: at.filtered, to: at['second-external'], times: 1 };
    const server = { op: 'bind', on: 'server', address: at['second-external'], port: 1060 };
    const machineToNeighbour = await ask(machine.agent, family, { ...refused, to: at.neighbour });
    const neighbourToMachine = await ask(neighbour.agent, family, { ...refused, to: at.external });
    const throughGateway = await ask(machine.agent, family, { ...refused, times: 1, to: at.filtered });
    const dropped = await ask(neighbour.agent, family, { ...filtered, port: 9, within: 300 });
    await machine.agent.ask(
      [{ op: 'socket', as: 'server', family, type: 'dgram' }, server, { op: 'serve', on: 'server', name: 'server' }],
      false,
    );
    const answered = await ask(neighbour.agent, family, { ...filtered, port: 1060, within: 5000 });
    await machine.agent.ask([{ op: 'close', on: 'server' }], false);
    const elsewhere = family === 'inet' ? '192.0.2.1' : '2001:db8::1';
    const away = await ask(machine.agent, family, { port: 9, times: 0, to: elsewhere });
    tried[family] = { machineToNeighbour, neighbourToMachine, throughGateway, dropped, answered, away };
  }
  await machine.agent.end();
  await neighbour.agent.end();
  return {
    tried,
    namespaces: [machine.hello.networkNamespace, neighbour.hello.networkNamespace],
    uid: process.getuid(),
  };
}

const labs = await Promise.all(Array.from({ length: Number(wanted) }, () => netns.open()));
const seen = await Promise.all(
  labs.map(async (lab) => ({ facts: lab.facts, hosts: await lookAt(lab), ...(await tryOut(lab)) })),
);
process.stdout.write(`${JSON.stringify(seen)}\n`);
process.stdin.resume();
process.stdin.on('end', async () => {
  await Promise.all(labs.map((lab) => lab.close()));
  process.stdout.write('closed\n');
  process.exit(0);
});
