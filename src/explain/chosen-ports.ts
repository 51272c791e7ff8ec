import type { Settings } from './reader/settings.ts';

const RANGE = 'net.ipv4.ip_local_port_range';
const RESERVED = 'net.ipv4.ip_local_reserved_ports';

/**
 * What the ports that Linux chooses from mean for a socket that is about to be bound: where port 0 comes from, or that an
 * outgoing connection may have its port. Undefined where these ports are not known, or do not decide.
 */
export function chosenPortsNote(port: number, { chosenPorts, reservedPorts = [] }: Settings): string | undefined {
  if (chosenPorts === undefined) return undefined;
  const [from, to] = chosenPorts;
  if (port === 0) {
    const kept = reservedPorts.filter(([first, last]) => last >= from && first <= to);
    const without = kept.length === 0 ? '' : `, without ${RESERVED} (${kept.map(spelledRange).join(',')})`;
    return `Linux chooses from ${RANGE} (${spelledRange(chosenPorts)})${without}`;
  }
  if (port < from || port > to) return undefined;
  const range = `${RANGE} (${spelledRange(chosenPorts)})`;
  const reserved = [...reservedPorts.map(spelledRange), `${port}`].join(',');
  const isReserved = reservedPorts.some(([first, last]) => port >= first && port <= last);
  return isReserved
    ? `on Linux no outgoing connection gets port ${port} from ${range}: ${RESERVED} has it`
    : `on Linux an outgoing connection may have port ${port} first, from ${range}: choose a port outside, or set ${RESERVED}=${reserved}`;
}

/** A range as it is written in a setting. */
function spelledRange([from, to]: readonly [number, number]): string {
  return from === to ? `${from}` : `${from}-${to}`;
}
