import { placeOf } from '../../programs/sockets.ts';
import type { ServerRecord } from '../../record/server.ts';

/** How the parts of the record of a server contradict each other, in words; null where they agree. */
export function wrongInServer({ binds, reach, start }: ServerRecord): string | null {
  const ports = new Set(
    binds.flatMap((line) => placeOf(line) ?? []).map(({ protocol, port }) => `${protocol} ${port}`),
  );
  const unbound = Object.keys(reach).find((at) => !ports.has(at));
  if (unbound !== undefined) return `\`reach\` has ${unbound}, and \`binds\` has no such port`;
  if (start === 'up' || binds.length === 0) return null;
  return `it binds ${binds[0]}, and its start is '${start}'`;
}
