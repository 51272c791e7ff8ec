import process from 'node:process';
import { hostLab } from '../lab/host.ts';
import { type Lab, type LabKind } from '../lab/lab.ts';
import { netns } from '../lab/netns.ts';
import { UserError } from './exit.ts';
import { engineOf, isTopologyFile, type LabChoice } from './lab-option.ts';
import { Unavailable } from '../process/unavailable.ts';

export const LABS = { netns, host: hostLab() } as const;

/** What is asked of a lab. */
export interface WantedLab {
  readonly lab: LabChoice;
  /** The interface whose addresses the host lab takes. */
  readonly interface?: string;
}

/**
 * The kind of lab for a choice. `auto` is network namespaces if they are available; it opens a lab to find out.
 * Otherwise it is this machine as it is, and `fellBack` gets the reason, in a sentence. With a named interface it is
 * this machine, too.
 * @param system what Node calls this machine's
 * @throws BadTopology when the choice is a file with a mistake; UserError for an interface of another lab
 */
export async function labFor(
  wanted: WantedLab,
  fellBack: (why: string) => void,
  system: string = process.platform,
): Promise<LabKind> {
  const { lab: choice, interface: device } = wanted;
  if (device !== undefined && choice !== 'auto' && choice !== 'host') {
    throw new UserError(`--interface is for the host lab: leave it out, or use --lab host instead of ${choice}`);
  }
  const engine = engineOf(choice);
  if (engine !== null) return (await import('../engine/lab.ts')).engineLab(choice, engine.engine, engine.image);
  if (isTopologyFile(choice)) {
    const [{ topologyFrom }, { topologyLab }] = await Promise.all([
      import('../lab/topology/from-file.ts'),
      import('../lab/topology/lab.ts'),
    ]);
    return topologyLab(topologyFrom(choice));
  }
  if (device !== undefined) return hostLab({ device });
  if (choice !== 'auto') return LABS[choice as keyof typeof LABS];
  if (system !== 'linux') {
    fellBack('bindspec uses the host lab: only Linux has network namespaces');
    return LABS.host;
  }
  try {
    return startingWith(netns, await netns.open());
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    fellBack(`bindspec uses the host lab, because ${error.message}; to enable the netns lab: ${error.enable}`);
    return hostLab({ elsewhere: error.enable });
  }
}

/** A kind whose first lab is one that is open already. */
function startingWith(kind: LabKind, lab: Lab): LabKind {
  let first: Lab | null = lab;
  return {
    ...kind,
    async open() {
      const opened = first ?? (await kind.open());
      first = null;
      return opened;
    },
  };
}
