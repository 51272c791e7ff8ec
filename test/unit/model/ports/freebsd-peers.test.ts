import { expect, test } from 'vitest';
import { models } from '../../../../src/model/index.ts';
import type { Operation, Outcome, Peer } from '../../../../src/model/types.ts';
import { FreebsdPeers } from './freebsd-peers.ts';
import { bindNew, Dice, host } from './fuzz.ts';
import { isIpv6, isMapped } from './pcb.ts';

const SEQUENCES = 200;
const PEERS4 = ['10.9.9.9', '10.9.9.8', '239.1.2.3', '255.255.255.255'];
const PEERS6 = ['fd00::9', 'fd00::8', 'ff05::5', ...PEERS4.map((address) => `::ffff:${address}`)];

/** The first step of a random sequence on which the model and the port of the source differ. */
function differenceIn(release: FreebsdPeers['release'], seed: number): string | undefined {
  const dice = new Dice(seed);
  const protocol = dice.coin ? 'udp' : 'tcp';
  const kernel = new FreebsdPeers(protocol === 'udp', release);
  let simulated = models.freebsd.simulate({ release, host });
  const played: Operation[] = [];
  const step = (operation: Operation, outcome: Outcome): boolean => {
    played.push(operation);
    const { prediction, after } = simulated.step(operation, outcome);
    simulated = after;
    return prediction.outcomes.includes(outcome);
  };
  for (let id = 1; id < 16; id++) {
    const pcb = kernel.pcbs.length === 0 || dice.below(3) === 0 ? undefined : dice.pick(kernel.pcbs);
    if (pcb === undefined) {
      const { operation, outcome = 'ok' } = bindNew(kernel, dice, { id, system: 'freebsd', protocol, uid: 0 });
      if (!step(operation, outcome)) return JSON.stringify({ played, outcome });
      continue;
    }
    const socket = pcb.id;
    const address = dice.pick(pcb.family === 'inet' ? PEERS4 : PEERS6);
    const to: Peer = { address, port: dice.pick([0, 1000, 1000, 1001]) };
    const local = isIpv6(address) && !isMapped(address) ? '::1' : '127.0.0.1';
    const choice = dice.below(8);
    if (choice < 4) {
      const outcome = kernel.connectTo(pcb, to, local);
      if (!step({ op: 'connect', socket, to, local }, outcome)) return JSON.stringify({ played, outcome });
    } else if (choice < 6 && protocol === 'udp') {
      const outcome = kernel.sendTo(pcb, to, local);
      if (!step({ op: 'send', socket, to, local }, outcome)) return JSON.stringify({ played, outcome });
    } else if (choice === 6) {
      kernel.close(pcb);
      step({ op: 'close', socket }, 'ok');
    } else if (protocol === 'udp' && pcb.connected) {
      kernel.disconnect(pcb);
      step({ op: 'disconnect', socket }, 'ok');
    } else if (protocol === 'tcp' && pcb.state === 'bound') {
      if (!pcb.connected) pcb.state = 'listening';
      const outcome = pcb.connected ? 'EINVAL' : 'ok';
      if (!step({ op: 'listen', socket }, outcome)) return JSON.stringify({ played, outcome });
    }
  }
  return undefined;
}

test.each(['13.2', '14.1', '14.3', '15.0'] as const)(
  '%s connects and sends as a port of its source does',
  (release) => {
    const differences = Array.from({ length: SEQUENCES }, (_, index) => differenceIn(release, 104_729 * index));
    expect(differences.filter((difference) => difference !== undefined)).toEqual([]);
  },
);
