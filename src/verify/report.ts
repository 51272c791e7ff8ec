import type { Protocol } from '../model/types.ts';
import type { PortReport, Try } from '../record/verification.ts';
import { findingsOf } from './findings.ts';
import { takesIPv4Too, type Port, type Tried } from './port.ts';
import type { Situation } from './situation.ts';

/** The findings for every port that is published or that something listens on, in order. */
export function portReports(situation: Situation, tries: readonly Tried[]): PortReport[] {
  const published = situation.published ?? [];
  const keys = [...situation.listeners, ...published].map(({ protocol, port }) => ({ protocol, port }));
  const distinct = [...new Map(keys.map((key) => [`${key.protocol} ${key.port}`, key])).values()];
  return distinct
    .toSorted((one, other) => one.protocol.localeCompare(other.protocol) || one.port - other.port)
    .map((key) => {
      const isOf = (other: { protocol: Protocol; port: number }) =>
        other.protocol === key.protocol && other.port === key.port;
      return reportOf(situation, {
        ...key,
        listeners: situation.listeners.filter(isOf),
        published: published.filter(isOf),
        tries: tries.filter(({ protocol, inner }) => protocol === key.protocol && inner === key.port),
      });
    });
}

function reportOf(situation: Situation, port: Port): PortReport {
  const findings = findingsOf(situation, port);
  return {
    protocol: port.protocol,
    port: port.port,
    verdict: findings.some(({ severity }) => severity === 'wrong') ? 'wrong' : 'fine',
    listeners: port.listeners.map(({ address, program, pid }) => {
      const dual = address === '::' ? takesIPv4Too(port) : undefined;
      return {
        address,
        ...(dual === undefined ? {} : { dual }),
        ...(program === undefined ? {} : { program }),
        ...(pid === undefined ? {} : { pid }),
      };
    }),
    published: port.published.map(({ hostAddress, hostPort }) => ({ address: hostAddress, port: hostPort })),
    tries: port.tries.map(tryOf),
    findings,
  };
}

function tryOf({ from, address, port, outcome, by, holder }: Tried): Try {
  return {
    from,
    address,
    port,
    outcome,
    ...(by === undefined ? {} : { by }),
    ...(holder === undefined ? {} : { holder }),
  };
}
