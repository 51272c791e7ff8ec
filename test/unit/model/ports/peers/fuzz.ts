import { models } from '../../../../../src/model/index.ts';
import type { NextSocket, Operation, Outcome, Setting } from '../../../../../src/model/types.ts';
import { Dice } from '../fuzz.ts';
import {
  ANY4,
  ANY6,
  type End,
  type Inpcb,
  isMapped,
  MACHINE,
  MAPPED_ANY,
  type PeerKernel,
  plain,
  route,
} from './pcb.ts';

const LIMITED = '255.255.255.255';
const NAMES4 = [ANY4, ANY4, '127.0.0.1', '10.0.0.1', '239.1.2.3', '10.0.0.255', LIMITED, '10.0.0.7'];
const NAMES6 = [ANY6, ANY6, ANY6, '::1', 'fd00::1', 'fd00::2', 'fd00::3', 'ff05::5', 'ff02::5%em0', 'ff02::5%em9'];
const SCOPED = ['fe80::1', 'fe80::1%em0', 'fe80::1%lo0', 'fe80::1%em9'];
const MAPPED = [ANY4, '127.0.0.1', '10.0.0.1', '239.1.2.3', '10.0.0.255', '10.0.0.7'].map((one) => `::ffff:${one}`);
const PEERS4 = ['10.9.9.9', '10.9.9.9', '127.0.0.1', '239.1.2.3', '10.0.0.255', LIMITED];
const PEERS6 = ['fd00::9', 'fd00::9', '::1', 'ff05::5', 'fe80::9%em0', 'fe80::9%em9'];
const PEERS_MAPPED = [
  '::ffff:10.9.9.9',
  '::ffff:10.9.9.9',
  '::ffff:127.0.0.1',
  '::ffff:239.1.2.3',
  '::ffff:10.0.0.255',
];
const PORTS = [7, 7, 7, 9, 0];
const TO4 = ['127.0.0.1', '10.0.0.1', '239.1.2.3', '10.0.0.255', LIMITED];
const TO6 = ['::1', 'fd00::1', 'ff05::5', 'fe80::1%em0'];
const STEPS = 16;

interface Question {
  readonly system: 'openbsd' | 'netbsd' | 'darwin';
  readonly setting: Setting;
  readonly protocol: 'tcp' | 'udp';
  readonly kernel: PeerKernel;
  readonly seed: number;
}

interface Done {
  readonly operation: Operation;
  readonly outcome: Outcome;
}

/** Plays one random sequence on a port of the source and on the model, and returns the first difference. */
export function differenceOf(question: Question): string | undefined {
  const { system, protocol, kernel, seed } = question;
  const dice = new Dice(seed);
  const port = dice.below(3) === 0 ? 19_968 : 20_001;
  let simulated = models[system].simulate({ ...question.setting, host: MACHINE });
  const played: unknown[] = [];
  for (let id = 1; id <= STEPS; id++) {
    const pcb = kernel.pcbs.length === 0 || dice.below(10) < 3 ? undefined : dice.pick(kernel.pcbs);
    const done = pcb === undefined ? start(question, dice, id, port) : act(question, dice, { pcb, id, port });
    if (done === undefined) continue;
    played.push([done.operation, done.outcome]);
    const { prediction, after } = simulated.step(done.operation, done.outcome);
    const said = (what: string) => `${seed}: ${what}: ${JSON.stringify(played)}`;
    if (!prediction.outcomes.includes(done.outcome)) {
      return said(`${prediction.rule} said ${prediction.outcomes.join()}, not ${done.outcome}`);
    }
    simulated = after;
    for (const { id: socket, laddr, lport } of kernel.pcbs) {
      const name = simulated.sockname(socket)?.address;
      if (name !== (lport === 0 ? undefined : laddr)) return said(`sockname ${socket}: ${name}, not ${laddr}`);
    }
    const [from, to] = packetOf(dice, protocol);
    const got = JSON.stringify(kernel.receive(protocol, from, to));
    const told = simulated.receivers({ protocol, from, to: { address: to } });
    if (told?.outcomes.every((outcome) => JSON.stringify(outcome) !== got) === true) {
      return said(`${from.address}:${from.port} to ${to}: ${told.rule} ${JSON.stringify(told.outcomes)}, not ${got}`);
    }
  }
  return undefined;
}

function packetOf(dice: Dice, protocol: 'tcp' | 'udp'): readonly [End, string] {
  const six = dice.coin;
  const stranger = six ? 'fd00::77' : '10.9.9.77';
  if (protocol === 'tcp') return [{ address: stranger, port: 7 }, dice.pick((six ? TO6 : TO4).slice(0, 2))];
  return [{ address: dice.coin ? stranger : six ? 'fd00::9' : '10.9.9.9', port: 7 }, dice.pick(six ? TO6 : TO4)];
}

function newPcb({ system, protocol }: Question, dice: Dice, id: number): Inpcb {
  const six = dice.coin;
  const any = six ? ANY6 : ANY4;
  return {
    id,
    protocol,
    six,
    v6only: six && (system === 'openbsd' || dice.below(3) === 0),
    uid: dice.pick([0, 1000, 1000, 1001]),
    bindany: dice.below(8) === 0,
    reuseaddr: dice.coin,
    reuseport: dice.coin,
    laddr: any,
    lport: 0,
    faddr: any,
    fport: 0,
    accepting: false,
    connected: false,
    deaf: false,
    detached: false,
  };
}

function nameOf(pcb: Inpcb, address: string, port: number): NextSocket {
  const { protocol, uid, reuseaddr, reuseport, v6only } = pcb;
  const name = { protocol, address, port, uid, privileged: true, options: { reuseaddr, reuseport } };
  const whole = pcb.bindany ? { ...name, anyAddress: true } : name;
  return pcb.six ? { ...whole, family: 'inet6', v6only } : { ...whole, family: 'inet' };
}

/** A new socket is bound, or connect() or sendto() gives it the port. */
function start(question: Question, dice: Dice, id: number, port: number): Done | undefined {
  const { kernel, protocol } = question;
  const pcb = newPcb(question, dice, id);
  const way = dice.below(8);
  const any = pcb.six ? ANY6 : ANY4;
  if (way < 2) {
    const peer = peerOf(pcb, dice);
    const local = route(peer.address);
    const isSend = way === 1 && protocol === 'udp';
    const isMappedOnXnu = question.system === 'darwin' && pcb.six && isMapped(peer.address);
    const asked = question.system === 'openbsd' && !isSend ? local : isMappedOnXnu ? MAPPED_ANY : any;
    if (!kernel.suits(pcb, asked, port)) return undefined;
    const as = nameOf(pcb, any, port);
    const outcome = isSend ? kernel.send(pcb, peer, port) : kernel.connect(pcb, peer, port);
    return { operation: { op: isSend ? 'send' : 'connect', socket: id, local, to: peer, as }, outcome };
  }
  const address = dice.pick(pcb.six ? [...NAMES6, ...SCOPED, ...MAPPED] : NAMES4);
  const next = nameOf(pcb, address, port);
  const chosen = way === 2;
  return {
    operation: { op: 'bind', socket: id, ...(chosen ? { chosen } : {}), ...next },
    outcome: kernel.bind(pcb, address, port, chosen),
  };
}

function peerOf({ six }: Inpcb, dice: Dice): End {
  return { address: dice.pick(six ? [...PEERS6, ...PEERS_MAPPED] : PEERS4), port: dice.pick(PORTS) };
}

interface Action {
  readonly pcb: Inpcb;
  readonly id: number;
  readonly port: number;
}

function act({ kernel, protocol }: Question, dice: Dice, { pcb, id, port }: Action): Done | undefined {
  const socket = pcb.id;
  const choice = dice.below(12);
  if (choice < 4) {
    const to = peerOf(pcb, dice);
    const source = route(to.address);
    const local = isMapped(source) && dice.coin ? plain(source) : source;
    return { operation: { op: 'connect', socket, local, to }, outcome: kernel.connect(pcb, to, port) };
  }
  if (choice === 4) {
    return { operation: { op: 'disconnect', socket, by: 'AF_UNSPEC' }, outcome: kernel.disconnect(pcb) };
  }
  if (choice === 5 && protocol === 'udp') {
    const to = peerOf(pcb, dice);
    return { operation: { op: 'send', socket, local: route(to.address), to }, outcome: kernel.send(pcb, to, port) };
  }
  if (choice === 6) {
    const options = { [dice.pick(['reuseaddr', 'reuseport'] as const)]: dice.coin };
    Object.assign(pcb, options);
    return { operation: { op: 'set', socket, options }, outcome: 'ok' };
  }
  if (choice === 7) {
    kernel.close(pcb);
    return { operation: { op: 'close', socket }, outcome: 'ok' };
  }
  if (choice === 8) {
    return { operation: { op: 'shutdown', socket }, outcome: kernel.shutdown(pcb) ?? 'ok' };
  }
  if (choice === 9) {
    const address = pcb.six ? ANY6 : ANY4;
    const next = nameOf(pcb, address, port);
    return { operation: { op: 'bind', socket, ...next }, outcome: kernel.bind(pcb, address, port) };
  }
  if (!pcb.accepting) return { operation: { op: 'listen', socket }, outcome: kernel.listen(pcb) };
  return pcb.detached ? undefined : accept(kernel, dice, pcb, id);
}

function accept(kernel: PeerKernel, dice: Dice, listener: Inpcb, id: number): Done {
  const overFour =
    !listener.six || isMapped(listener.laddr) || (listener.laddr === ANY6 && !listener.v6only && dice.coin);
  const own = plain(listener.laddr);
  const isWild = own === ANY4 || own === ANY6;
  const local4 = isWild ? '127.0.0.1' : own;
  const form = (address: string) => (listener.six ? `::ffff:${address}` : address);
  const local = overFour ? form(local4) : isWild ? '::1' : listener.laddr;
  const from = { address: overFour ? form('10.8.8.8') : 'fd00::88', port: 1000 + id };
  kernel.accept(listener, id, local, from);
  return { operation: { op: 'accept', socket: id, listener: listener.id, local, from }, outcome: 'ok' };
}
