import * as fc from 'fast-check';
import { LEAVINGS, type Making, type Plan, type Step } from '../../../src/plan/plan.ts';
import { OPTION_KEYS } from '../../../src/model/options.ts';

const address = {
  inet: fc.constantFrom('0.0.0.0', '127.0.0.1', '192.168.5.130', '255.255.255.255'),
  inet6: fc.constantFrom('::', '::1', 'fd00:5::130', '::ffff:127.0.0.1', '2001:db8::1:0:0:1'),
};
const anyAddress = fc.oneof(address.inet, address.inet6);
const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
const RECEIVE_KEYS = ['multicastAll', 'multicastAll6'] as const;
const device = fc.constantFrom('lo', 'eth0', 'veth-1.2@if3');

/** Every way to make a socket in a plan of the protocol. */
function making(protocol: Plan['protocol']): fc.Arbitrary<Making> {
  return fc
    .record({
      owner: fc.constantFrom<Making['owner']>(1, 2, 'neighbour'),
      family: fc.constantFrom<Making['family']>('inet', 'inet6'),
      v6only: fc.constantFrom<Making['v6only']>(true, false, 'default'),
      options: fc.shuffledSubarray(OPTION_KEYS),
      device: fc.option(device, { nil: undefined }),
      uid: fc.option(fc.nat(4_000_000_000), { nil: undefined }),
      isOther: fc.boolean(),
    })
    .map(({ device: tied, uid, isOther, ...rest }) => ({
      ...rest,
      v6only: rest.family === 'inet' ? false : rest.v6only,
      ...(tied === undefined ? {} : { device: tied }),
      ...(uid === undefined ? {} : { uid }),
      ...(isOther ? { protocol: protocol === 'udp' ? ('tcp' as const) : ('udp' as const) } : {}),
    }));
}

/** What can be done with an existing socket of a family; `next` is the number of a new socket. */
function done(socket: number, family: Making['family'], next: number): fc.Arbitrary<Step> {
  return fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ address: address[family], port }).map((name): Step => ({ op: 'bind', socket, ...without(name) })),
    fc
      .record({ option: fc.constantFrom(...OPTION_KEYS, ...RECEIVE_KEYS), value: fc.boolean() })
      .map((set): Step => ({ op: 'set', socket, ...set })),
    fc.option(device).map((tied): Step => ({ op: 'set', socket, device: tied })),
    fc.constantFrom<Step>(
      { op: 'listen', socket },
      { op: 'disconnect', socket },
      { op: 'peer-close', socket },
      { op: 'shutdown', socket },
      { op: 'close', socket },
    ),
    fc.record({ address: anyAddress, port }).map((name): Step => {
      const { address: to, ...rest } = without(name);
      return { op: 'connect', socket, to, ...rest };
    }),
    fc
      .record({
        op: fc.constantFrom('join', 'leave'),
        group: fc.constantFrom('239.1.2.3', 'ff05::1:3'),
        tied: fc.option(device, { nil: undefined }),
      })
      .map(({ op, group, tied }): Step => ({ op, socket, group, ...(tied === undefined ? {} : { device: tied }) })),
    anyAddress.map((to): Step => ({ op: 'accept', socket: next, listener: socket, to })),
    fc.constantFrom(...LEAVINGS).map((leaves): Step => ({ op: 'close', socket, leaves })),
  );
}

function without({ address: own, port: number }: { address: string; port: number | undefined }) {
  return { address: own, ...(number === undefined ? {} : { port: number }) };
}

/** Every probe that a plan can state. */
function probe(protocol: Plan['protocol']): fc.Arbitrary<Step> {
  const to = (own: fc.Arbitrary<string>, senders: fc.Arbitrary<string>) =>
    fc
      .record({
        to: own,
        port,
        isOther: fc.boolean(),
        from: fc.option(fc.record({ address: senders, port, isFar: fc.boolean() }), { nil: undefined }),
      })
      .map(({ to: target, port: number, isOther, from }): Step => ({
        op: 'probe',
        to: target,
        ...(number === undefined ? {} : { port: number }),
        ...(isOther ? { protocol: protocol === 'udp' ? ('tcp' as const) : ('udp' as const) } : {}),
        ...(from === undefined
          ? {}
          : { from: { ...without(from), ...(from.isFar ? { owner: 'neighbour' as const } : {}) } }),
      }));
  return fc.oneof(
    to(address.inet, address.inet),
    to(fc.constantFrom('::1', 'fd00:5::130', 'ff05::1:3'), fc.constantFrom('::1', 'fd00:5::10')),
  );
}

/** Every plan: sockets that are made, and any operations on them that a plan can state, sensible or not. */
export const anyPlan: fc.Arbitrary<Plan> = fc.constantFrom('udp', 'tcp').chain((protocol) =>
  fc
    .array(
      fc.record({
        makes: making(protocol),
        isOpen: fc.boolean(),
        port,
      }),
      { minLength: 1, maxLength: 5 },
    )
    .chain((sockets) => {
      const made = sockets.map(({ makes, isOpen, port: number }, index): fc.Arbitrary<Step> => {
        const socket = index + 1;
        if (isOpen) return fc.constant({ op: 'open', socket, ...makes });
        return address[makes.family].map((own): Step => ({
          op: 'bind',
          socket,
          makes,
          ...without({ address: own, port: number }),
        }));
      });
      const later = sockets.map(({ makes }, index) =>
        fc.option(done(index + 1, makes.family, 100 + index), { nil: undefined }),
      );
      const probes = fc.array(probe(protocol), { maxLength: 2 });
      return fc.tuple(fc.tuple(...made), fc.tuple(...later), probes).map(([first, then, last]): Plan => ({
        protocol,
        steps: [...first, ...then.filter((step): step is Step => step !== undefined), ...last],
      }));
    }),
);
