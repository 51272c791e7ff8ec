import { isMapped, isMulticast, unmapped } from '../model/address.ts';
import { models } from '../model/index.ts';
import type { PresentSocket, SystemName } from '../model/types.ts';
import type { Answer } from './answer.ts';
import type { Change } from './change.ts';
import { judged, type Advice } from './judge.ts';
import type { Question } from './question.ts';
import { list } from './sentences.ts';

/** What the machine would have to have or to allow: the address, any address, the port. */
export function granting(question: Question, answers: readonly Answer[]): Advice[] {
  const asked = question.readings.at(-1)?.socket;
  if (asked === undefined) return [];
  const failing = answers.filter(({ works }) => works !== 'yes');
  const failsWith = (name: string) => failing.some(({ outcomes }) => outcomes.some((one) => one.endsWith(name)));
  const advice: Advice[] = [];
  const last = question.readings.length - 1;
  if (failsWith('EADDRNOTAVAIL')) {
    const address = unmapped(asked.address);
    const { foreign = [], own = [], ...rest } = question;
    const changed = { ...rest, own: [...own, address], foreign: foreign.filter((one) => one !== address) };
    const text = `give the machine the address ${address} first (${aliasesOf(address, failing)})`;
    advice.push(
      judged(answers, withAddress(changed, address), {
        kind: 'machine',
        changes: [],
        text,
        brief: (helps) => `give the machine ${address}${helps.includes('linux') ? ', or set IP_FREEBIND' : ''}`,
      }),
    );
    advice.push(...toOwnName(question, answers, last));
    const change: Change = { what: 'any address', socket: last };
    const readings = question.readings.map((reading, place) =>
      place === last ? { ...reading, socket: { ...reading.socket, anyAddress: true } } : reading,
    );
    advice.push(
      judged(
        answers,
        { ...question, readings },
        {
          kind: 'same name',
          changes: [change],
          text: (helps) =>
            `set ${anyAddressOptions(helps)} on socket ${last + 1}, which binds before the address is there`,
        },
      ),
    );
  }
  if (failsWith('EACCES') && asked.port < 1024 && asked.port > 0) {
    const readings = question.readings.map((reading, place) =>
      place === last ? { ...reading, socket: { ...reading.socket, privileged: true } } : reading,
    );
    advice.push(
      judged(
        answers,
        { ...question, readings },
        {
          kind: 'machine',
          changes: [],
          text: (helps) => `allow port ${asked.port}: ${list(privilegesFor(asked.port, helps, question), 'or')}`,
          brief: (helps) => briefPrivilege(asked.port, helps, question),
        },
      ),
    );
  }
  const ranges = question.settings?.hosts.windows?.excludedPorts ?? [];
  if (failsWith('WSAEACCES') && ranges.some(({ from, to }) => asked.port >= from && asked.port <= to)) {
    const { settings } = question;
    const windows = { ...settings?.hosts.windows, excludedPorts: [] };
    const changed = { ...question, settings: { said: [], ...settings, hosts: { ...settings?.hosts, windows } } };
    const text = `free the excluded range that has port ${asked.port} (netsh int ipv4 delete excludedportrange; for ranges of Hyper-V: net stop winnat), or choose a port outside of it`;
    advice.push(judged(answers, changed, { kind: 'machine', changes: [], text }));
  }
  return advice.filter(({ helps }) => helps.length > 0);
}

/** The options by which a socket is bound to an address that the machine does not have, on some systems. */
function anyAddressOptions(systems: readonly SystemName[]): string {
  const options: readonly (readonly [string, readonly SystemName[]])[] = [
    ['IP_FREEBIND', ['linux', 'gvisor', 'wine']],
    ['IP_BINDANY', ['freebsd', 'netbsd']],
    ['SO_BINDANY', ['openbsd']],
  ];
  const own = options.flatMap(([option, all]) => {
    const some = all.filter((system) => systems.includes(system));
    return some.length === 0 ? [] : [{ option, on: list(some.map((system) => models[system].title)) }];
  });
  return own.length === 1
    ? (own[0]?.option ?? '')
    : list(
        own.map(({ option, on }) => `${option} (${on})`),
        'or',
      );
}

/** The same in fewer words: that of Linux, where it helps. */
function briefPrivilege(port: number, systems: readonly SystemName[], question: Question): string {
  const [first = '', second = ''] = privilegesFor(port, systems, question);
  const where = systems.length > 1 ? ' (Linux)' : '';
  return second.includes('ip_unprivileged_port_start')
    ? `give it CAP_NET_BIND_SERVICE or set ip_unprivileged_port_start=${port}${where}`
    : first;
}

/** What lets a program have a low port, on some systems: root, a capability, or a setting that does not allow it yet. */
function privilegesFor(port: number, systems: readonly SystemName[], { settings }: Question): string[] {
  const isSet = (system: SystemName) => (settings?.hosts[system]?.unprivilegedPortStart ?? 1024) <= port;
  const isFor = (system: SystemName) => systems.includes(system) && !isSet(system);
  const several = systems.length > 1;
  const on = (title: string) => (several ? ` (${title})` : '');
  return [
    ...(isFor('linux') || systems.includes('gvisor') ? [`give it CAP_NET_BIND_SERVICE${on('Linux')}`] : []),
    ...(isFor('linux') ? [`set net.ipv4.ip_unprivileged_port_start=${port}${on('Linux')}`] : []),
    ...(isFor('freebsd') ? [`set net.inet.ip.portrange.reservedhigh=${port - 1}${on('FreeBSD')}`] : []),
    'run it as root',
  ];
}

/** Names that the machine has whatever its addresses are: the wildcard, and for ::1 that of IPv4. */
function toOwnName(question: Question, answers: readonly Answer[], last: number): Advice[] {
  const asked = question.readings[last]?.socket;
  if (asked === undefined || isMulticast(asked.address)) return [];
  const { v6only: _, ...bare } = asked;
  const any = asked.family === 'inet' ? '0.0.0.0' : isMapped(asked.address) ? '::ffff:0.0.0.0' : '::';
  const names: readonly (readonly [PresentSocket, string])[] = [
    ...(asked.address === '::1' ? [[{ ...bare, family: 'inet' as const, address: '127.0.0.1' }, ''] as const] : []),
    [{ ...(isMapped(any) ? asked : bare), address: any }, ', which has every address of the machine'],
  ];
  return names.map(([socket, why]) => {
    const readings = question.readings.map((reading, place) => (place === last ? { ...reading, socket } : reading));
    const { address } = socket;
    return judged(
      answers,
      { ...question, readings },
      {
        kind: 'address',
        changes: [{ what: 'address', socket: last, address }],
        text: `bind socket ${last + 1} to ${address}${why}`,
        brief: `bind it to ${address}`,
      },
    );
  });
}

/** A question whose machine has an address, also where settings list all addresses. */
function withAddress(question: Question, address: string): Question {
  const { settings } = question;
  if (settings === undefined) return question;
  const hosts = Object.fromEntries(
    Object.entries(settings.hosts).map(([system, host]) => [
      system,
      host.addresses === undefined ? host : { ...host, addresses: [...host.addresses, address] },
    ]),
  );
  return { ...question, settings: { ...settings, hosts } };
}

/** How an address is given to a machine, on the systems where it is missing. */
function aliasesOf(address: string, failing: readonly Answer[]): string {
  const isLoopback = address.startsWith('127.') || address === '::1';
  const inet6 = address.includes(':');
  const device = (name: string) => (isLoopback ? name : 'DEVICE');
  const bsd = `ifconfig ${device('lo0')} ${inet6 ? 'inet6 ' : ''}alias ${address}`;
  const commands: readonly (readonly [readonly SystemName[], string])[] = [
    [['linux', 'gvisor', 'wine'], `Linux: ip addr add ${address}${inet6 ? '/128' : '/32'} dev ${device('lo')}`],
    [['darwin'], `macOS: ${bsd}`],
    [['freebsd', 'openbsd', 'netbsd'], `BSDs: ${bsd}`],
    [['windows'], `Windows: New-NetIPAddress ${address}`],
  ];
  const own = commands.filter(([systems]) => failing.some(({ system }) => systems.includes(system)));
  return own.map(([, command]) => command).join('; ');
}
