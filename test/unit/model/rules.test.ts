import { describe, expect, test } from 'vitest';
import { PROVENANCES } from '../../../src/experiment/experiment.ts';
import { models } from '../../../src/model/index.ts';
import type {
  Host,
  Operation,
  Options,
  Prediction,
  Protocol,
  Setting,
  State,
  SystemName,
} from '../../../src/model/types.ts';
import { play } from './steps.ts';
import { socket } from './table.ts';

const SYSTEMS = Object.keys(models) as SystemName[];
const KNOWN: readonly string[] = PROVENANCES;

describe.each(SYSTEMS)('%s', (system) => {
  const model = models[system];

  test('every rule says what it says, where from and how it is known', () => {
    const all = [...model.rules, ...(system === 'wine' ? [] : model.receiveRules)];
    expect(new Set(all.map((rule) => rule.id)).size).toBe(all.length);
    for (const rule of all) {
      expect(rule.id.startsWith(`${system}/`), rule.id).toBe(true);
      expect(rule.prose, rule.id).toMatch(/^(?:[A-Z]|\d|(?:listen|connect|bind|sendto)\(\)).*\.$/);
      expect(rule.source.name && rule.source.where, rule.id).not.toBe('');
      expect(KNOWN, rule.id).toContain(rule.known);
      if (rule.known === 'reported') expect(rule.unverified, rule.id).toBe(true);
    }
  });

  test('the summary is two sentences', () => {
    expect(model.summary.split(/(?<=\.) /)).toHaveLength(2);
  });

  test('every rule decides something', () => {
    const unseen = new Set<string>(model.rules.map((rule) => rule.id));
    for (const { rule } of everything(system)) {
      unseen.delete(rule);
      if (unseen.size === 0) break;
    }
    expect([...unseen]).toEqual([]);
  });
});

const NAMES = [
  'W',
  'S',
  '::1',
  ':: v6only',
  ':: dual',
  '::ffff:0.0.0.0',
  '::ffff:127.0.0.1',
  '10.0.0.1',
  '10.0.0.2',
  '127.0.0.6',
];
const LETTERS = ['-', 'A', 'P', 'AP', 'E', 'L'];
const STATES: readonly State[] = ['bound', 'listening', 'connected', 'accepted', 'time-wait'];
const HOST = { addresses: ['127.0.0.1', '::1', '10.0.0.1'], devices: { d0: ['10.0.0.1'] } };

/** Predictions of all pairs of a space that is large enough, and of the calls that a pair does not make. */
function* everything(system: SystemName): Generator<Prediction> {
  yield* sequences(system);
  for (const protocol of ['udp', 'tcp'] as const) {
    for (const text of TEXTS) for (const setting of SETTINGS) yield* play(system, protocol, text, setting(system));
    yield* singles(system, protocol);
  }
  // Most of all there is, so the last: they are made only as far as a rule is still to be seen.
  for (const protocol of ['udp', 'tcp'] as const) yield* pairs(system, protocol);
}

/** Rules that apply only on a special machine, or on an old release. */
const MACHINE: Host = {
  addresses: ['127.0.0.1', '::1', '10.0.0.1', '10.0.0.2', 'fe80::1', 'fd00::5', 'fd00::7'],
  devices: { lo: ['127.0.0.1', '::1'], d0: ['10.0.0.1', 'fe80::1', 'fd00::5', 'fd00::7'], d1: ['10.0.0.2'], blue: [] },
  broadcasts: ['10.0.0.255'],
  flags: { 'fd00::5': 'tentative', 'fd00::7': 'anycast' },
};
const OLD: Readonly<Record<SystemName, string>> = {
  linux: '4.19',
  darwin: '10.13',
  freebsd: '13.2',
  openbsd: '5.8',
  netbsd: '7.0',
  windows: '10',
  gvisor: '20240729',
  wine: '8.0',
};
const SETTINGS: readonly ((system: SystemName) => Setting)[] = [
  () => ({}),
  () => ({ host: MACHINE }),
  (system) => ({ release: OLD[system], host: MACHINE }),
  () => ({
    host: {
      ...MACHINE,
      bindv6only: true,
      nonlocalBind: ['inet', 'inet6'],
      autobindReuse: true,
      udpWildcardPorts: { inet: 61_440, inet6: 61_440 },
      excludedPorts: [{ from: 8080, to: 8080 }],
    },
  }),
  () => ({ host: { ...MACHINE, ipv6: false, vrfs: { blue: ['d1'] } } }),
  (system) =>
    system === 'freebsd'
      ? { release: '15.0', host: { bindAllFibs: false } }
      : { host: { localPortRange: { from: 40_000, to: 49_999 } } },
];
const TEXTS: readonly string[] = [
  '1 bind W -; 2 bind W - domain=1; 3 bind W chosen',
  '1 autobind ::1 :: dual to=::1; 2 bind W -',
  '1 bind 255.255.255.255; 2 bind 10.0.0.255; 3 bind fe80::1; 4 bind fe80::1%d0; 5 bind fe80::1%d1; 6 bind fe80::1%d9',
  '1 bind fd00::5; 2 bind fd00::7; 3 bind 192.0.2.1 any; 4 bind 192.0.2.1; 5 bind ::ffff:127.0.0.1 default',
  '1 bind 239.1.2.3 A => ok; 2 bind 239.1.2.3 P; 3 bind 239.1.2.3 A',
  '1 bind W P uid=1000 => ok; 1 connect 127.0.0.1; 1 disconnect; 2 bind W A',
  '1 bind W - => ok; 1 connect 127.0.0.1; 2 bind W P; 1 disconnect; 3 bind W P',
  '1 bind S A => ok; 1 connect 127.0.0.1 to=10.9.9.9; 2 bind S A => ok; 2 connect 127.0.0.1 to=10.9.9.9; 1 connect 127.0.0.1; 1 connect ::1',
  '1 bind :: dual A => ok; 1 connect ::1; 2 bind 127.0.0.1 A; 1 connect 127.0.0.1; 1 disconnect; 1 connect 127.0.0.1',
  '1 bind W P uid=0 => ok; 2 bind W P uid=7 => ok; 1 connect 127.0.0.1; 1 disconnect; 3 bind S A uid=7',
  '1 bind ::ffff:0.0.0.0 -; 2 bind ::ffff:0.0.0.0 P; 3 bind 0.0.0.0 P',
  '1 bind W L uid=7; 2 bind W L uid=8',
  '1 bind W A; 2 bind S A chosen; 3 bind :: dual chosen',
  '1 bind S => ok; 1 listen; 2 accept 127.0.0.1 from=1; 1 close; 3 bind S',
  '1 bind W dev=d1; 2 bind W; 3 bind 10.0.0.2; 4 bind 10.0.0.2 dev=d1; 5 bind 127.0.0.1 dev=d1',
  '1 bind W dev=d1 => ok; 1 connect 127.0.0.1; 1 disconnect; 2 bind W dev=d0',
  '1 bind ::1 => ok; 1 connect 127.0.0.1',
  '1 bind W uid=7 port=80',
  '1 bind 239.1.2.3 => ok; 1 connect 127.0.0.1; 1 disconnect',
  '1 bind S P => ok; 1 set v6only=1; 1 connect 127.0.0.1 to=127.0.0.1 toport=0; 1 connect 127.0.0.1 to=239.1.2.3',
  '1 bind S => ok; 1 connect 127.0.0.1; 1 peer-reset; 1 listen',
  '1 bind 255.255.255.255 P => ok; 1 connect 10.0.0.1 to=10.9.9.9; 2 bind 255.255.255.255 P => ok; 2 connect 10.0.0.1 to=10.9.9.9',
  '1 bind :: dual => ok; 1 connect 127.0.0.1 => EADDRINUSE; 2 bind ::1',
  '1 bind ::ffff:127.0.0.1 => ok; 1 connect 127.0.0.1 to=::ffff:10.9.9.9; 2 bind :: dual P => ok; 2 connect 127.0.0.1 to=::ffff:10.9.9.9',
  '1 bind S A => ok; 1 connect 127.0.0.1; 1 set A=0; 1 disconnect; 2 bind S A',
  '1 bind W => ok; 1 connect 127.0.0.1; 1 close; 2 bind W',
  '1 autobind 127.0.0.1 W -; 1 disconnect',
  '1 autosend W; 1 send; 1 connect 127.0.0.1; 1 send; 2 autosend :: dual; 3 bind ::1',
  '1 bind S => ok; 1 shutdown; 1 set v6only=1; 1 connect 127.0.0.1 to=192.0.2.9 toport=0; 1 connect 127.0.0.1 to=0.0.0.0',
  '1 bind S => ok; 1 connect 127.0.0.1; 1 peer-reset; 1 listen; 1 connect 127.0.0.1',
  '1 bind :: v6only => ok; 1 connect 127.0.0.1 to=::ffff:192.0.2.9',
  '1 bind ::ffff:127.0.0.1 => ok; 1 connect ::1 to=fd00::9',
  '1 bind S L => ok; 1 connect 127.0.0.1; 2 bind ::1 v6only => ok; 2 listen; 2 connect ::1 to=::1',
  '1 bind ::1 v6only => ok; 1 send to=::1 toport=0; 1 send to=::ffff:127.0.0.1; 1 connect ::1 to=::1; 1 send to=::1',
  '1 bind S P => ok; 1 connect 127.0.0.1 to=10.9.9.9; 2 bind W P => ok; 2 send 127.0.0.1 to=10.9.9.9',
  '1 bind S => ok; 1 set A=1; 2 bind S A',
  '1 bind 239.1.2.3 => ok; 1 send to=10.0.0.1',
  '1 bind S A => ok; 2 bind S AP => ok; 1 set P=1; 1 connect 127.0.0.1; 1 close; 3 bind S P',
  '1 bind ::1 v6only => ok; 1 send to=fe80::9%d9; 1 connect ::1 to=fe80::9%d9',
  '1 bind W P => ok; 1 connect 10.0.0.1 to=10.0.0.255; 2 bind W P => ok; 2 connect 10.0.0.1 to=255.255.255.255',
  '1 bind 239.1.2.3 A uid=7 => ok; 2 bind 239.1.2.3 A uid=8',
  '1 bind S => ok; 1 connect 127.0.0.1 => WSAECONNREFUSED; 1 listen',
  '1 bind :: dual => ok; 1 connect 127.0.0.1 to=::ffff:127.0.0.1; 1 disconnect; 1 connect ::1 to=::1',
  '1 autobind 0.0.0.0 W to=192.0.2.9 => ENETUNREACH',
  '1 autosend W to=10.0.0.255 => EACCES',
  '1 bind ::1 v6only scope=d0',
  '1 bind ::1 v6only => ok; 1 join 239.1.2.3',
  '1 bind W A port=80 => ok; 2 bind W port=80 uid=7',
  '1 bind S port=9 => ok; 1 connect 127.0.0.1 to=127.0.0.1',
];

function* pairs(system: SystemName, protocol: Protocol): Generator<Prediction> {
  for (const one of NAMES) {
    for (const other of NAMES) {
      for (const first of LETTERS) {
        for (const second of LETTERS) {
          for (const state of STATES) {
            const local = one === ':: dual' ? '::1' : '127.0.0.1';
            const uid = state === 'bound' ? 1000 : 0;
            const present = [socket(`${one} ${first}`, protocol, { state, local })];
            const { bind, listen } = models[system].predict(present, socket(`${other} ${second}`, protocol, { uid }));
            yield bind;
            if (listen !== undefined) yield listen;
          }
        }
      }
    }
  }
}

function* singles(system: SystemName, protocol: Protocol): Generator<Prediction> {
  const names = [...NAMES, '192.0.2.1', '::ffff:127.0.0.1 v6only', '224.0.0.1', 'ff02::1'];
  for (const name of names) {
    for (const port of [80, 2049, 8080, 55555]) {
      const next = socket(name, protocol, { port, uid: 1000 });
      yield models[system].predict([], next, { host: HOST }).bind;
      yield models[system].predict([], { ...next, device: 'd0' }, { host: HOST }).bind;
    }
  }
  const { after } = models[system].simulate().step({ op: 'bind', socket: 0, ...socket('W', protocol) });
  yield after.step({ op: 'bind', socket: 0, ...socket('W', protocol) }).prediction;
  yield after.step({ op: 'listen', socket: 0 }).prediction;
  if (protocol === 'udp') return;
  const { after: listening } = after.step({ op: 'listen', socket: 0 });
  yield listening.step({ op: 'listen', socket: 0 }).prediction;
  yield after.step({ op: 'connect', socket: 0, local: '127.0.0.1' }).after.step({ op: 'listen', socket: 0 }).prediction;
}

function* sequences(system: SystemName): Generator<Prediction> {
  const bind = (name: string, protocol: Protocol): Operation => ({ op: 'bind', socket: 0, ...socket(name, protocol) });
  const off: Options = { reuseaddr: false };
  const connect: Operation = { op: 'connect', socket: 0, local: '127.0.0.1' };
  const disconnect: Operation = { op: 'disconnect', socket: 0 };
  const many = Array.from({ length: 11 }, (_, place) => bind(`127.0.1.${place} A`, 'udp'));
  const chains: readonly (readonly [string | undefined, readonly Operation[]])[] = [
    [undefined, [bind('127.0.0.1 A', 'tcp'), bind('W AP', 'tcp'), bind('127.0.0.1 P', 'tcp')]],
    ['6.1.192', [bind('::ffff:0.0.0.0', 'tcp'), bind('::ffff:127.0.0.1', 'tcp')]],
    ['6.6.0', [bind('W', 'tcp'), bind(':: v6only', 'tcp'), bind('S', 'tcp')]],
    ['6.1.0', [bind('S A', 'tcp'), { op: 'set', socket: 0, options: off }, bind('S A', 'tcp')]],
    [undefined, [bind('127.0.0.2', 'udp'), bind('S P', 'udp'), bind('W P', 'udp')]],
    ['5.10.1', [...many, bind('W', 'udp')]],
    [undefined, [bind('W A', 'udp'), bind('S AP', 'udp'), ...many, bind('S P', 'udp')]],
    [undefined, [bind('W E', 'tcp'), bind('S', 'tcp'), bind('S', 'tcp')]],
    [undefined, [bind('S', 'tcp'), bind('W', 'tcp'), bind(':: dual', 'tcp')]],
    ...['::ffff:0.0.0.0', 'W'].map((name) => [undefined, [bind(name, 'udp'), connect, disconnect]] as const),
    [undefined, [{ ...connect, as: socket('W', 'udp') }, disconnect]],
  ];
  for (const [kernel, operations] of chains) {
    let port = models[system].simulate(kernel === undefined ? {} : { kernel });
    for (const [id, operation] of operations.entries()) {
      const numbered = operation.op === 'bind' ? { ...operation, socket: id } : operation;
      const { prediction, after } = port.step(numbered, 'ok');
      yield prediction;
      port = after;
    }
  }
}
