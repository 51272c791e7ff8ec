import type { SystemName } from '../model/types.ts';
import type { Reading } from './reader/reading.ts';

/** Who has a port on a machine on which no one has set up a server, as many reports of conflicts found. */
const USUAL: Readonly<Record<number, Readonly<Partial<Record<SystemName, string>>>>> = {
  // The stub resolver of systemd is on 127.0.0.53 and 127.0.0.54: a listing in nomic-ai/gpt4all#1058 has the first.
  53: { linux: 'systemd-resolved' },
  // HTTP.sys listens as process 4, for IIS and others; recalled, not verified.
  80: { windows: 'HTTP.sys' },
  443: { windows: 'HTTP.sys' },
  // Since macOS 12: reported in remy/nodemon#1849 and, with a listing of lsof, in stopipv/isdi#19.
  5000: { darwin: 'AirPlay Receiver' },
  // Listings in davesteele/comitup#163 (avahi-daemon); mDNSResponder is recalled, not verified.
  5353: { linux: 'avahi-daemon', darwin: 'mDNSResponder' },
  // nickstenning/honcho#229, stopipv/isdi#19.
  7000: { darwin: 'AirPlay Receiver' },
};

/** The usual holder of the port of a socket on one of some systems; undefined where there is none. */
export function usualHolder(
  asked: Pick<Reading, 'socket' | 'noPort' | 'failure'> | undefined,
  systems: readonly SystemName[],
): string | undefined {
  if (asked === undefined || asked.noPort === true || asked.failure?.program === 'HTTP.sys') return undefined;
  const usual = USUAL[asked.socket.port] ?? {};
  return systems.map((system) => usual[system]).find((who) => who !== undefined);
}
