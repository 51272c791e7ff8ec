import { receivesOf } from '../explain/receives.ts';
import { models } from '../model/index.ts';
import type { Reception } from '../model/receive/types.ts';
import type { Setting, SystemName } from '../model/types.ts';
import type { PresentReading } from './present.ts';
import type { PortReceiver } from './report.ts';

/**
 * Who receives what is sent to each of the machine's addresses, by the model of the system. The tables do not say in which
 * order the sockets were bound; where that decides, everyone who may receive is named.
 */
export function receiversOf(
  system: SystemName,
  present: readonly PresentReading[],
  addresses: readonly string[],
  setting: Setting,
): PortReceiver[] {
  const usual = receptions(system, present, addresses, setting, false);
  const turned = receptions(system, present, addresses, setting, true);
  const groups = new Map<string, { to: string[]; answer: Omit<PortReceiver, 'to'> }>();
  for (const address of addresses) {
    const one = usual.get(address);
    const other = turned.get(address);
    const isSame = JSON.stringify(one) === JSON.stringify(other);
    const who = one === undefined || other === undefined ? undefined : isSame ? one : unique([...one, ...other]);
    const isSpread = isSame && one !== undefined && one.length > 1;
    const answer: Omit<PortReceiver, 'to'> = {
      who,
      ...(isSpread ? { by: 'the sender’s address and port' } : {}),
      ...(!isSame && who !== undefined ? { by: 'which was bound last' } : {}),
    };
    const key = JSON.stringify([answer.who ?? null, answer.by]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { to: [address], answer });
    else group.to.push(address);
  }
  return [...groups.values()].map(({ to, answer }) => ({ to, ...answer }));
}

function unique(all: readonly Reception[]): Reception[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** The receivers at each address, by the places of the sockets; sockets in the other order where that is asked for. */
function receptions(
  system: SystemName,
  present: readonly PresentReading[],
  addresses: readonly string[],
  setting: Setting,
  isTurned: boolean,
): Map<string, readonly Reception[] | undefined> {
  const places = isTurned ? [...present.keys()].toReversed() : [...present.keys()];
  const sockets = places.flatMap((place) => present[place]?.reading.socket ?? []);
  const last = sockets.at(-1);
  if (last === undefined) return new Map(addresses.map((address) => [address, ['refused' as const]]));
  // All of them are there, whatever the model would have said to the last; so it is settled like the others.
  const other = { protocol: last.protocol, family: 'inet', address: '0.0.0.0', port: last.port } as const;
  const { after } = models[system].predict(sockets, { ...other, uid: 0 }, setting);
  // The socket that was asked about is only there to have the others settled.
  const port = after.step({ op: 'close', socket: sockets.length }, 'ok').after;
  return new Map(
    addresses.map((to) => {
      const [found] = receivesOf(system, port, sockets, { to });
      const outcomes = found?.outcomes?.map((one) =>
        typeof one === 'string' ? one : one.map((place) => places[place] ?? place).toSorted((a, b) => a - b),
      );
      return [to, outcomes?.toSorted((a, b) => String(a).localeCompare(String(b)))];
    }),
  );
}
