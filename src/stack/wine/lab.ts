import path from 'node:path';
import type { Lab, LabKind } from '../../lab/lab.ts';
import { netns } from '../../lab/netns.ts';
import { OWN_PACKAGE } from '../../process/own-package.ts';
import { holdOnMachine } from '../holder.ts';
import { inPrefix, PLACE, quoted, wineLine } from './place.ts';
import { koffiFolder, koffiHere, templateFolder, type WineProgram } from './programs.ts';

/** Wine's own processes are up in a second; a machine that needs longer than this has something else wrong. */
const START_DEADLINE = 60_000;
const PREFIX = '/run/prefix';
const NODE = '/run/node.exe';
const AGENT = '/run/agent';

/** What Wine is made of here. */
export interface Ingredients {
  wine: WineProgram;
  node: string;
}

/**
 * The netns lab, whose machine's agents are Windows processes under Wine; its neighbour and its gateway are Linux.
 * Sockets of Wine belong to its wineserver, so each lab has one of its own in the machine's namespace. Prefix and sockets
 * lie in a mount namespace, and all processes are in the lab's pid namespace, so that everything goes with the lab,
 * however it ends. @param find finds what `prepare` has fetched; throws `Unavailable` when it is not there
 */
export function wineLab(find: () => Ingredients): LabKind {
  return {
    name: 'wine',
    async open() {
      const ingredients = find();
      const around = await netns.open();
      try {
        return await withWine(around, ingredients);
      } catch (error) {
        await around.close();
        throw error;
      }
    },
  };
}

async function withWine(around: Lab, ingredients: Ingredients): Promise<Lab> {
  const { wine } = ingredients;
  const holder = await holdOnMachine(around, {
    script: scriptFor(ingredients),
    words: [],
    title: 'Wine',
    enable: 'npx bindspec stack prepare wine',
    deadline: START_DEADLINE,
  });
  const agent = [
    'sh',
    '-c',
    COMPLAINTS,
    'sh',
    ...inPrefix(PREFIX),
    // Where Windows' programs are looked for, beside its own folders.
    `WINEPATH=${windowsPath('/run')}`,
    wine.loader,
    NODE,
    // The folder of the agent is made of links, and what it requires lies beside the links.
    '--preserve-symlinks',
    '--preserve-symlinks-main',
    windowsPath(`${AGENT}/src/agent/start.cjs`),
  ];
  return {
    facts: {
      ...around.facts,
      lab: 'wine',
      missing: {
        ...around.facts.missing,
        'second user': OWNER,
        'program python3': NO_PYTHON,
        'interface index': NO_INDEX,
        'null name in connect()': READS_NULL,
      },
    },
    stack: { name: 'wine', system: 'wine', release: wine.version },
    launch: (host) => (host === 'machine' ? holder.enter : around.launch(host)),
    agent: (host) => (host === 'machine' ? agent : undefined),
    async close() {
      // Not waited for before the lab is gone, which ends Wine's own processes.
      const released = holder.release();
      await around.close();
      await released;
    },
  };
}

/**
 * Under Wine Node can make a stream of a file, but of no Unix pipe, and it makes one of its stderr when it loads modules.
 * So an agent complains to a file, and what is in it at the end is passed on.
 */
const COMPLAINTS = 'file=/run/complaints.$$; "$@" 2>"$file"; code=$?; cat "$file" >&2; rm "$file"; exit $code';

const OWNER = {
  reason: "all sockets of Wine belong to its server's user",
  enable: 'sudo npx bindspec run',
};
const NO_INDEX = {
  reason: 'Winsock has no if_nametoindex()',
  enable: 'npx bindspec run',
};
/** Wine 8.0, dlls/ws2_32/socket.c: connect() looks at the family of the name before the server sees it. Observed. */
const READS_NULL = {
  reason: "Wine's connect() reads the null pointer, which ends the process",
  enable: 'npx bindspec run',
};
const NO_PYTHON = {
  reason: "Wine's prefix has no Python for Windows",
  enable: 'npx bindspec run',
};

/** Wine's drive Z: is the machine's root. */
function windowsPath(file: string): string {
  return `Z:${file.replaceAll('/', '\\')}`;
}

/** The built files of this package, with the agent among them. */
const BUILT = path.join(OWN_PACKAGE.folder, 'dist', 'src');

function scriptFor({ wine, node }: Ingredients): string {
  const template = templateFolder(wine);
  const link = (target: string, name: string) => `ln -s ${quoted(target)} ${name}\n`;
  return [
    PLACE,
    `mkdir -p ${PREFIX}/dosdevices ${AGENT}/node_modules/@koromix\n`,
    `cp ${quoted(template)}/*.reg ${quoted(template)}/.update-timestamp ${PREFIX}\n`,
    // No one writes there: it is the same for all labs.
    link(`${template}/drive_c`, `${PREFIX}/drive_c`),
    link('../drive_c', `${PREFIX}/dosdevices/c:`),
    link('/', `${PREFIX}/dosdevices/z:`),
    link(node, NODE),
    link(BUILT, `${AGENT}/src`),
    link(koffiHere().folder, `${AGENT}/node_modules/koffi`),
    link(koffiFolder(), `${AGENT}/node_modules/@koromix/koffi-win32-x64`),
    `quietly ${wineLine(PREFIX, wine.server, '--persistent')}\n`,
    // The first program has Wine start its own processes, which must not hold the pipes of an agent.
    `quietly ${wineLine(PREFIX, wine.loader, 'cmd', '/c', 'exit')}\n`,
    'echo "ready $outer"\nread -r _ || true\n',
  ].join('');
}
