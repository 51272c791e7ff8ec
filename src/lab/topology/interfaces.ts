import { z } from 'zod';
import type { Family } from '../../protocol/messages.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import { outputOf, sayOf } from '../program-output.ts';

const interfaces = z.record(
  z.string(),
  z.array(z.object({ address: z.string(), family: z.enum(['IPv4', 'IPv6']), internal: z.boolean() })),
);

/** The addresses of a host by interface and family, without those that reach only to the next hop. */
export type HostInterfaces = ReadonlyMap<string, Readonly<Record<Family, readonly string[]>>>;

/** Asks a host for its interfaces, by a second Node.js beside its agent. @throws HarnessError when that does not work */
export async function interfacesOf(agent: AgentProcess, node: string): Promise<HostInterfaces> {
  const args = ['-e', 'process.stdout.write(JSON.stringify(os.networkInterfaces()))'];
  const output = await outputOf(sayOf(agent), node, args);
  if (output === undefined) throw new HarnessError(`${node} could not be started there`);
  return parse(output.text);
}

function parse(printed: string): HostInterfaces {
  let told: z.infer<typeof interfaces>;
  try {
    told = interfaces.parse(JSON.parse(printed));
  } catch {
    throw new HarnessError(`its list of interfaces can't be read: ${printed.slice(0, 100)}`);
  }
  return new Map(
    Object.entries(told).map(([name, all]) => {
      const of = (family: 'IPv4' | 'IPv6') =>
        all
          .filter((one) => one.family === family && !/^169\.254\.|^fe[89ab]/i.test(one.address))
          .map((one) => one.address);
      return [name, { inet: of('IPv4'), inet6: of('IPv6') }];
    }),
  );
}
