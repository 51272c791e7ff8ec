import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { HostName, Lab } from '../../src/lab/lab.ts';
import { netns } from '../../src/lab/netns.ts';
import { folder } from './cli.ts';

/** A topology file under its keys, as a test changes it. */
export interface Written {
  hosts: Partial<Record<HostName, { launch: string[]; title?: string; agent?: { node?: string; package?: string } }>>;
  addresses: { inet?: Record<string, string>; inet6?: Record<string, string> };
  interface?: string;
  secondInterface?: string;
  exclusive?: boolean;
  missing?: Record<string, string>;
}

/** The words that start a command on a host of the lab in a topology. */
export type Launcher = (lab: Lab, host: HostName) => string[];

/** By entering the host's namespaces. */
export const byNsenter: Launcher = (lab, host) => [...lab.launch(host)];

/**
 * The hosts and addresses of a netns lab as a topology: programs that are launched by other words must give the same
 * results.
 */
export async function twoHosts(launcher: Launcher): Promise<{ lab: Lab; topology: Written }> {
  const lab = await netns.open();
  onTestFinished(() => lab.close());
  const { addresses } = lab.facts;
  const own = ({ external = '', 'second-external': second = '', neighbour = '' }: Record<string, string>) => ({
    external,
    'second-external': second,
    neighbour,
  });
  return {
    lab,
    topology: {
      hosts: {
        machine: { launch: launcher(lab, 'machine') },
        neighbour: { launch: launcher(lab, 'neighbour'), title: 'guinness' },
      },
      addresses: { inet: own(addresses.inet), inet6: own(addresses.inet6) },
      interface: 'eth0',
      secondInterface: 'eth1',
      exclusive: true,
    },
  };
}

/** Writes a topology into a file of the test's own, and returns its path. */
export function written(topology: unknown, name = 'topology.json'): string {
  const file = path.join(folder(), name);
  writeFileSync(file, typeof topology === 'string' ? topology : JSON.stringify(topology));
  return file;
}
