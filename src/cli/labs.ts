import { hostLab } from '../lab/host.ts';
import { LabUnavailable, type Lab, type LabKind } from '../lab/lab.ts';
import { netns } from '../lab/netns.ts';

export const LABS = { netns, host: hostLab() } as const;
export type LabChoice = 'auto' | keyof typeof LABS;

/**
 * The kind of lab for a choice. `auto` is network namespaces where they can be had, which one is opened to find out,
 * and else this machine as it is; `fellBack` is then told why.
 */
export async function labFor(choice: LabChoice, fellBack: (why: LabUnavailable) => void): Promise<LabKind> {
  if (choice !== 'auto') return LABS[choice];
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
    name: kind.name,
    async open() {
      const opened = first ?? (await kind.open());
      first = null;
      return opened;
    },
  };
}
