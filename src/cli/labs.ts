import { hostLab } from '../lab/host.ts';
import { LabUnavailable, type Lab, type LabKind } from '../lab/lab.ts';
import { netns } from '../lab/netns.ts';
import { engineOf, isTopologyFile, type LabChoice } from './lab-option.ts';

export const LABS = { netns, host: hostLab() } as const;

/**
 * The kind of lab for a choice. `auto` is network namespaces where they can be had, which one is opened to find out,
 * and else this machine as it is; `fellBack` is then told why.
 * @throws BadTopology when the choice is a file with a mistake
 */
export async function labFor(choice: LabChoice, fellBack: (why: LabUnavailable) => void): Promise<LabKind> {
  const engine = engineOf(choice);
  if (engine !== null) return (await import('../engine/lab.ts')).engineLab(choice, engine.engine, engine.image);
  if (isTopologyFile(choice)) {
    const [{ topologyFrom }, { topologyLab }] = await Promise.all([
      import('../lab/topology/from-file.ts'),
      import('../lab/topology/lab.ts'),
    ]);
    return topologyLab(topologyFrom(choice));
  }
  if (choice !== 'auto') return LABS[choice as keyof typeof LABS];
  try {
    return startingWith(netns, await netns.open());
  } catch (error) {
    if (!(error instanceof LabUnavailable)) throw error;
    fellBack(error);
    return hostLab(error.enable);
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
