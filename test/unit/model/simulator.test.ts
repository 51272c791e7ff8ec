import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import { claimsOf, overlap } from '../../../src/model/overlap.ts';
import type { NextSocket, Operation, PresentSocket, Protocol, Setting, SystemName } from '../../../src/model/types.ts';
import type { Simulation } from '../../../src/model/world.ts';
import { socket } from './table.ts';

const SYSTEMS = Object.keys(models) as SystemName[];
const NAMES = ['W', 'S', '127.0.0.2', ':: v6only', ':: dual', '::1', '::ffff:0.0.0.0', '::ffff:127.0.0.1'];

const protocol = fc.constantFrom<Protocol>('udp', 'tcp');

function aSocket(of: Protocol): fc.Arbitrary<PresentSocket> {
  const name = fc.constantFrom(...NAMES);
  const letters = fc.constantFrom('-', 'A', 'P', 'AP', 'E');
  const uid = fc.constantFrom(0, 1000, 1001);
  return fc
    .tuple(name, letters, uid)
    .map(([address, letter, owner]) => socket(`${address} ${letter}`, of, { uid: owner }));
}

const some = protocol.chain((of) => fc.tuple(fc.array(aSocket(of), { maxLength: 4 }), aSocket(of)));

function claims({ family, address, v6only = false }: NextSocket) {
  return claimsOf(family, address, v6only);
}

describe.each(SYSTEMS)('%s', (system) => {
  const model = models[system];
  // In Wine's table a v4-mapped address is an IPv6 address, and an exclusive :: covers it even if :: is V6ONLY.
  const meetInWine = (one: NextSocket, other: NextSocket) =>
    system === 'wine' &&
    [one, other].some(({ address, options }) => address === '::' && options?.exclusive === true) &&
    [one, other].some(({ address }) => address.startsWith('::ffff:'));
  const ids = new Set(model.rules.map((rule) => rule.id));

  test('every prediction has an outcome of the system’s own kind, and one of its rules', () => {
    fc.assert(
      fc.property(some, ([present, next]) => {
        const { bind, listen } = model.predict(present, next);
        for (const prediction of listen === undefined ? [bind] : [bind, listen]) {
          expect(prediction.outcomes.length).toBeGreaterThan(0);
          expect(ids).toContain(prediction.rule);
          const winsock = system === 'windows' || system === 'wine';
          for (const outcome of prediction.outcomes) {
            if (outcome !== 'ok') expect(outcome.startsWith('WSA')).toBe(winsock);
          }
        }
      }),
    );
  });

  test('a step leaves the simulation that it is taken from as it was', () => {
    fc.assert(
      fc.property(some, ([present, next]) => {
        let port = model.simulate();
        for (const [id, other] of present.entries()) port = port.step({ op: 'bind', socket: id, ...other }).after;
        const ask: Operation = { op: 'bind', socket: 99, ...next };
        const before = port.step(ask).prediction;
        port.step(ask, 'ok');
        if (before.outcomes[0] !== 'ok') port.step({ op: 'bind', socket: 98, ...next }, 'ok');
        expect(port.step(ask).prediction).toEqual(before);
      }),
    );
  });

  test('a prediction over sockets that are there is the simulation of how they came there', () => {
    fc.assert(
      fc.property(some, ([present, next]) => {
        let port = model.simulate();
        for (const [id, other] of present.entries()) {
          port = port.step({ op: 'bind', socket: id, ...other }, 'ok').after;
        }
        const { prediction } = port.step({ op: 'bind', socket: present.length, ...next });
        expect(model.predict(present, next).bind).toEqual(prediction);
      }),
    );
  });

  test('sockets of another port or protocol do not matter', () => {
    const next = socket('W -');
    const others = [socket('W -', 'udp'), socket('W -', 'tcp', { port: 8081 })];
    expect(model.predict(others, next).bind.outcomes).toEqual(['ok']);
  });

  test('a socket that does not overlap never matters', () => {
    fc.assert(
      fc.property(some, fc.nat(4), ([present, next], place) => {
        // On Linux the memory of a TCP port is the exception; see T2.
        if (system === 'linux' && next.protocol === 'tcp') return;
        const stranger = present.find((other) => !overlap(claims(other), claims(next)) && !meetInWine(other, next));
        if (stranger === undefined) return;
        // Wine's table has one place for names that overlap, and the options of its first: a stranger may change that.
        const shares = (other: (typeof present)[number]) =>
          other !== stranger && (overlap(claims(other), claims(stranger)) || meetInWine(other, stranger));
        if (system === 'wine' && present.some(shares)) return;
        const more = [...present.slice(0, place), stranger, ...present.slice(place)];
        expect(model.predict(more, next).bind.outcomes).toEqual(model.predict(present, next).bind.outcomes);
      }),
    );
  });

  test('an operation on a socket that is not there is refused', () => {
    expect(() => model.simulate().step({ op: 'listen', socket: 7 })).toThrow(RangeError);
  });
});

describe('linux', () => {
  const { linux } = models;
  const pair = protocol.chain((of) => fc.tuple(aSocket(of), aSocket(of)));

  test('two sockets conflict in either order', () => {
    fc.assert(
      fc.property(pair, ([one, other]) => {
        const forth = linux.predict([one], other).bind.outcomes;
        expect(linux.predict([other], one).bind.outcomes).toEqual(forth);
      }),
    );
  });

  test('which of two users is which does not matter', () => {
    fc.assert(
      fc.property(pair, ([one, other]) => {
        const swapped = [
          { ...one, uid: other.uid ?? 0 },
          { ...other, uid: one.uid ?? 0 },
        ] as const;
        expect(linux.predict([swapped[0]], swapped[1]).bind.outcomes).toEqual(
          linux.predict([one], other).bind.outcomes,
        );
      }),
    );
  });

  test('several sockets are never stricter than each of them alone', () => {
    fc.assert(
      fc.property(some, ([present, next]) => {
        const alone = present.every((other) => linux.predict([other], next).bind.outcomes[0] === 'ok');
        if (alone) expect(linux.predict(present, next).bind.outcomes).toEqual(['ok']);
      }),
    );
  });
});

test('a socket that the model itself would have refused is named', () => {
  const { refused } = models.linux.predict([socket('W -'), socket('S -')], socket('S A'));
  expect(refused).toEqual([1]);
});

test('the holder that decided is named by its place', () => {
  const present = [socket('127.0.0.2 -'), socket('W -', 'udp'), socket('S -')];
  expect(models.linux.predict(present, socket('W A')).bind.holder).toBe(0);
  expect(models.linux.predict(present, socket('S A')).bind.holder).toBe(2);
});

test('a connection does not change a name that is specific', () => {
  const { prediction } = models.linux
    .simulate()
    .step({ op: 'bind', socket: 0, ...socket('S') })
    .after.step({ op: 'connect', socket: 0, local: '127.0.0.2' })
    .after.step({ op: 'bind', socket: 1, ...socket('S') });
  expect(prediction.outcomes).toEqual(['EADDRINUSE']);
});

test('a refused bind is placed only if it happened all the same', () => {
  const held = models.linux.simulate().step({ op: 'bind', socket: 0, ...socket('S -') }).after;
  const ask = { op: 'bind', socket: 1, ...socket('S -') } as const;
  expect(() => held.step(ask).after.step({ op: 'listen', socket: 1 })).toThrow(RangeError);
  expect(held.step(ask, 'ok').after.step({ op: 'listen', socket: 1 }).prediction.outcomes).toEqual(['EADDRINUSE']);
});

/** A random step on one of five sockets; only steps that a random sequence may contain. */
function aStep(of: Protocol): fc.Arbitrary<Operation> {
  const id = fc.nat(4);
  const local = fc.constantFrom('127.0.0.1', '::1', '::ffff:10.0.0.1');
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(id, aSocket(of)).map(([at, next]): Operation => ({ op: 'bind', socket: at, ...next })),
    },
    fc.tuple(id, local).map(([at, to]): Operation => ({ op: 'connect', socket: at, local: to })),
    id.map((at): Operation => ({ op: 'disconnect', socket: at })),
    id.map((at): Operation => ({ op: 'close', socket: at })),
    id.map((at): Operation => ({ op: 'listen', socket: at })),
    id.map((at): Operation => ({ op: 'peer-reset', socket: at })),
  );
}

const life = protocol.chain((of) => fc.tuple(fc.constant(of), fc.array(aStep(of), { maxLength: 12 }), aSocket(of)));

/** Plays steps and ignores those on sockets that do not exist. */
function lived(system: SystemName, steps: readonly Operation[], setting: Setting = {}): Simulation {
  let port = models[system].simulate(setting);
  const there = new Set<number>();
  for (const step of steps) {
    if (step.op !== 'bind' && !there.has(step.socket)) continue;
    try {
      const { prediction, after } = port.step(step);
      port = after;
      if (step.op === 'bind' && prediction.outcomes[0] === 'ok') there.add(step.socket);
    } catch (error) {
      // A disconnect releases a port that connect() chose, and with it the socket.
      if (!(error instanceof RangeError)) throw error;
      there.delete(step.socket);
    }
    if (step.op === 'close') there.delete(step.socket);
  }
  return port;
}

describe.each(SYSTEMS)('%s: whatever happened to the sockets', (system) => {
  test('once all are closed, the port is as if no one had been there', () => {
    fc.assert(
      fc.property(life, ([, steps, next]) => {
        // On gVisor a wildcard that has connected leaves its reservation: the rule `gvisor/leak`.
        const taken = system === 'gvisor' ? steps.filter(({ op }) => op !== 'connect') : steps;
        const closed = lived(system, [
          ...taken,
          ...[0, 1, 2, 3, 4].map((at): Operation => ({ op: 'close', socket: at })),
        ]);
        const ask: Operation = { op: 'bind', socket: 9, ...next };
        const fresh = models[system].simulate().step(ask).prediction.outcomes;
        // The steps may have shown which release it is, and then fewer outcomes are possible.
        expect(fresh).toEqual(expect.arrayContaining([...closed.step(ask).prediction.outcomes]));
      }),
    );
  });

  test('a release that is left open allows what each of its releases does', () => {
    const releases = { freebsd: ['14.0', '14.3', '15.0'], gvisor: ['20240729', '20260801'] } as const;
    if (system !== 'freebsd' && system !== 'gvisor') return;
    fc.assert(
      fc.property(
        protocol.chain((of) => fc.tuple(fc.array(aSocket(of), { maxLength: 3 }), aSocket(of))),
        ([there, next]) => {
          const binds = there.map((one, at): Operation => ({ op: 'bind', socket: at, ...one }));
          const ask: Operation = { op: 'bind', socket: 9, ...next };
          const place = (setting: Setting) =>
            binds.reduce((port, bind) => port.step(bind, 'ok').after, models[system].simulate(setting)).step(ask)
              .prediction;
          for (const release of releases[system]) {
            expect(place({}).outcomes).toEqual(expect.arrayContaining([...place({ release }).outcomes]));
          }
        },
      ),
    );
  });

  test('a stranger’s disconnect never makes a bind succeed that its closing would not', () => {
    fc.assert(
      fc.property(life, ([of, steps, next]) => {
        if (of === 'tcp') return;
        // The BSDs and macOS ask one socket, the best match: one that permits the bind hides another that does not.
        if (['darwin', 'freebsd', 'openbsd', 'netbsd'].includes(system)) return;
        const before = lived(system, steps);
        const ask: Operation = { op: 'bind', socket: 9, ...next, options: {}, uid: 0 };
        try {
          const dissolved = before.step({ op: 'disconnect', socket: 0 }).after.step(ask).prediction.outcomes;
          const closed = before.step({ op: 'close', socket: 0 }).after.step(ask).prediction.outcomes;
          if (dissolved.length === 1 && dissolved[0] === 'ok') expect(closed).toContain('ok');
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }),
    );
  });
});
