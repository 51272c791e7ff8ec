import { readFileSync } from 'node:fs';
import { TCP_STATES } from '../../protocol/tcp-states.ts';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** How Linux does `Native.statesByPort`; see there. */
export function statesByPort(): Map<number, string[]> | null {
  const texts = TABLES.map(textOf);
  if (texts[0] === null) return null;
  const states = new Map<number, string[]>();
  for (const text of texts) for (const line of (text ?? '').split('\n').slice(1)) add(states, line);
  return states;
}

/** A line is `sl local_address rem_address st ...`, the numbers in hexadecimal. */
function add(states: Map<number, string[]>, line: string): void {
  const found = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /.exec(line);
  if (!found) return;
  const port = Number.parseInt(found[1] ?? '', 16);
  const state = TCP_STATES[Number.parseInt(found[2] ?? '', 16)] ?? 'UNKNOWN';
  const there = states.get(port);
  if (there) there.push(state);
  else states.set(port, [state]);
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A kernel without IPv6 has no table for it.
    return null;
  }
}
