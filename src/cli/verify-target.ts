import { VERIFICATION_VERSION, type Verification } from '../record/verification.ts';
import type { ReadFirewall } from '../runner/port/read-firewall.ts';
import { gather } from '../runner/verify/gather.ts';
import type { VerifyTarget } from '../runner/verify/target.ts';
import { portReports } from '../verify/report.ts';
import type { HostFirewallView } from '../verify/situation.ts';
import { version } from './version.ts';

/** Which tries are allowed, and how long one waits for an answer, in milliseconds. */
export interface TriesOptions {
  readonly udp: boolean;
  readonly neighbour: boolean;
  readonly patience: number;
}

/** What was read of the firewall, as findings need it. */
export function viewOf(read: ReadFirewall): HostFirewallView {
  return { denies: read.denies, of: (protocol, port) => read.of({ protocol, port }).rules };
}

/** Verifies one target. @throws NotVerifiable, HarnessError of an agent */
export async function verificationOf(
  { namespace, engine, described }: VerifyTarget,
  { udp, neighbour, patience }: TriesOptions,
  firewall?: HostFirewallView,
): Promise<Verification> {
  const started = new Date().toISOString();
  const { situation, tries } = await gather({
    namespace,
    ...(engine === undefined ? {} : { engine }),
    ...(firewall === undefined ? {} : { firewall }),
    udp,
    neighbour,
    patience,
  });
  const ports = portReports(situation, tries);
  return {
    schema: VERIFICATION_VERSION,
    bindspec: version(),
    started,
    target: { ...described, hostNetwork: situation.hostNetwork, addresses: [...situation.addresses] },
    host: { addresses: [...situation.host.addresses], localhost: [...situation.host.localhost] },
    neighbour,
    udp,
    ports,
    verdict: ports.some((port) => port.verdict === 'wrong') ? 'wrong' : 'fine',
  };
}
