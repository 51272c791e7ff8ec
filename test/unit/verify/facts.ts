import type { Finding, PortReport } from '../../../src/record/verification.ts';
import type { Tried } from '../../../src/verify/port.ts';
import { portReports } from '../../../src/verify/report.ts';
import type { Publication } from '../../../src/published/publication.ts';
import type { Listener, Situation } from '../../../src/verify/situation.ts';

/** A host with a LAN, a loopback of both families, and a container on a bridge of the host's. */
export function situation(parts: Partial<Situation> & { localhost?: readonly string[] } = {}): Situation {
  const { localhost = ['127.0.0.1'], ...rest } = parts;
  return {
    listeners: [],
    published: [],
    hostNetwork: false,
    addresses: ['10.89.7.2'],
    linked: ['10.89.7.2'],
    host: { addresses: ['127.0.0.1', '::1', '192.168.5.130', 'fd00:5::130', '10.89.7.1'], localhost, listeners: [] },
    ...rest,
  };
}

/** A listener, for example `tcp 127.0.0.1 80`. */
export function listener(text: string): Listener {
  const [protocol, address = '', port] = text.split(' ');
  return { protocol: protocol === 'udp' ? 'udp' : 'tcp', address, port: Number(port) };
}

/** A published port, for example `tcp 80 at 127.0.0.1 8080`. */
export function publication(text: string): Publication {
  const [protocol, port, , hostAddress = '', hostPort] = text.split(' ');
  return { protocol: protocol === 'udp' ? 'udp' : 'tcp', port: Number(port), hostAddress, hostPort: Number(hostPort) };
}

/** A try of the container's port 80, for example `host 127.0.0.1 8080 refused`, and who held or answered it. */
export function tried(text: string, more: Partial<Tried> = {}): Tried {
  const [from, address = '', port, outcome = ''] = text.split(' ');
  return { from: from as Tried['from'], protocol: 'tcp', address, port: Number(port), inner: 80, outcome, ...more };
}

/** The report on port 80. */
export function report(facts: Situation, tries: readonly Tried[], protocol = 'tcp'): PortReport {
  const found = portReports(facts, tries).find((one) => one.port === 80 && one.protocol === protocol);
  if (!found) throw new Error('port 80 is not reported on');
  return found;
}

/** The findings about port 80, each as its kind and text. */
export function findings(facts: Situation, tries: readonly Tried[], protocol = 'tcp'): [Finding['kind'], string][] {
  return report(facts, tries, protocol).findings.map(({ kind, text }) => [kind, text]);
}
