import { expect, test } from 'vitest';
import { models } from '../../../../src/model/index.ts';
import type { Operation, Outcome, Peer } from '../../../../src/model/types.ts';
import { FreebsdLookup } from './freebsd-lookup.ts';
import { bindNew, Dice, host } from './fuzz.ts';
import { isIpv6, isMapped, type Pcb } from './pcb.ts';

const SEQUENCES = 60;
const PEERS4 = ['10.9.9.9', '10.9.9.8', '239.1.2.3', '255.255.255.255'];
const PEERS6 = ['fd00::9', 'fd00::8', 'ff05::5', ...PEERS4.map((address) => `::ffff:${address}`)];
const PACKETS: readonly (readonly [Peer, string])[] = ['10.9.9.9', 'fd00::9'].flatMap((address) =>
  (isIpv6(address) ? ['::1', 'fd00::1'] : ['127.0.0.1', '10.0.0.1']).flatMap((to) =>
    [1000, 1002].map((port) => [{ address, port }, to] as const),
  ),
);

type Done = readonly [Operation, Outcome];

/** One random step on a port of the source; undefined for none. */
function act(kernel: FreebsdLookup, dice: Dice, id: number): Done | undefined {
  const protocol = kernel.isUdp ? 'udp' : 'tcp';
  if (kernel.pcbs.length === 0 || dice.below(3) === 0) {
    const { operation, outcome = 'ok' } = bindNew(kernel, dice, { id, protocol, uid: 0 });
    return [operation, outcome];
  }
  const pcb = dice.pick(kernel.pcbs);
  const socket = pcb.id;
  const address = dice.pick(pcb.family === 'inet' ? PEERS4 : PEERS6);
  const to: Peer = { address, port: dice.pick([0, 1000, 1000, 1001]) };
  const local = isIpv6(address) && !isMapped(address) ? '::1' : '127.0.0.1';
  const choice = dice.below(8);
  if (choice < 3) return [{ op: 'connect', socket, to, local }, kernel.connectTo(pcb, to, local)];
  if (choice < 5 && kernel.isUdp) return [{ op: 'send', socket, to, local }, kernel.sendTo(pcb, to, local)];
  if (choice === 5) {
    kernel.close(pcb);
    return [{ op: 'close', socket }, 'ok'];
  }
  return kernel.isUdp ? disconnect(kernel, pcb) : listenOrAccept(kernel, pcb, id);
}

function disconnect(kernel: FreebsdLookup, pcb: Pcb): Done | undefined {
  if (!pcb.connected) return undefined;
  kernel.disconnect(pcb);
  return [{ op: 'disconnect', socket: pcb.id }, 'ok'];
}

function listenOrAccept(kernel: FreebsdLookup, pcb: Pcb, id: number): Done {
  if (pcb.connected || pcb.state === 'bound') {
    if (!pcb.connected) pcb.state = 'listening';
    return [{ op: 'listen', socket: pcb.id }, pcb.connected ? 'EINVAL' : 'ok'];
  }
  const from: Peer = { address: pcb.v4 ? '10.9.9.9' : 'fd00::9', port: 1100 + id };
  const own = pcb.v4 ? pcb.local4 : pcb.local6;
  const local = own === '0.0.0.0' || own === '::' ? (pcb.v4 ? '127.0.0.1' : '::1') : own;
  kernel.acceptFrom(pcb, id, local, from);
  return [{ op: 'accept', socket: id, listener: pcb.id, local, from }, 'ok'];
}

/** The first step of a random sequence on which the model and the port of the source differ. */
function differenceIn(release: FreebsdLookup['release'], seed: number): string | undefined {
  const dice = new Dice(seed);
  const kernel = new FreebsdLookup(dice.coin, release);
  const protocol = kernel.isUdp ? 'udp' : 'tcp';
  let port = models.freebsd.simulate({ release, host });
  const played: Operation[] = [];
  for (let id = 1; id < 16; id++) {
    const done = act(kernel, dice, id);
    if (done === undefined) continue;
    const [operation, outcome] = done;
    played.push(operation);
    const { prediction, after } = port.step(operation, outcome);
    port = after;
    // What connect() to AF_UNSPEC returns is an errno, though it takes effect.
    const isRight = operation.op === 'disconnect' || prediction.outcomes.includes(outcome);
    if (!isRight) return JSON.stringify({ played, outcome });
    for (const [from, to] of PACKETS) {
      const wanted = [...new Set(kernel.receptions(from, to))].toSorted();
      const said = port.receivers({ protocol, from, to: { address: to } })?.outcomes.map(String) ?? [];
      if (said.toSorted().join() !== wanted.join()) return JSON.stringify({ played, from, to, wanted, said });
    }
  }
  return undefined;
}

test.each(['13.2', '14.1', '14.3', '15.0'] as const)('%s has the peers and receivers of its source', (release) => {
  const differences = Array.from({ length: SEQUENCES }, (_, index) => differenceIn(release, 104_729 * index));
  expect(differences.filter((difference) => difference !== undefined)).toEqual([]);
});
