import { existsSync } from 'node:fs';
import { onPath } from '../lab/programs.ts';
import { unknownWord } from '../text/unknown.ts';
import { docker } from './docker.ts';
import { type Engine } from './engine.ts';
import { ENGINES, type EngineName } from './names.ts';
import { podman } from './podman.ts';
import { Unavailable } from '../process/unavailable.ts';

/** The words that give an engine its socket. */
const SOCKET_OPTIONS = { podman: '--url', docker: '--host' } as const;
const CLIENTS = { podman, docker } as const;

/**
 * An engine as it is named on the command line: `podman` or `docker`, with the socket or address of its daemon after an
 * `=` if it is not the one that its client would use. @throws Unavailable for a name that is none, a socket that is not
 * there, and a client that is not installed.
 */
export function engineNamed(text: string): Engine {
  const [name = '', ...rest] = text.split('=');
  const engine = ENGINES.find((one) => one === name);
  const socket = rest.join('=');
  if (engine === undefined || (rest.length > 0 && socket === '')) {
    const { reason, enable } = unknownWord(
      'engine',
      text,
      engine === undefined ? ENGINES : [],
      'write podman or docker, or with a socket docker=/run/docker.sock',
    );
    throw new Unavailable(reason, enable);
  }
  const address = socket.includes('://') ? socket : `unix://${socket}`;
  const file = /^unix:\/\/(.+)$/.exec(address)?.[1];
  // A name that leads to nothing is reported before a client that is not installed.
  if (file !== undefined && !existsSync(file)) {
    throw new Unavailable(`there is no socket ${file}`, 'check where its daemon listens');
  }
  if (!onPath(engine)) throw missing(engine);
  if (socket === '') return CLIENTS[engine]([engine]);
  return CLIENTS[engine]([engine, SOCKET_OPTIONS[engine], address], `${engine} at ${address}`);
}

/** The engines whose clients are installed. @throws Unavailable where there is none */
export function enginesHere(): Engine[] {
  const here = ENGINES.filter(onPath);
  if (here.length === 0) throw new Unavailable('neither podman nor docker is installed', 'apt-get install podman');
  return here.map((name) => CLIENTS[name]([name]));
}

function missing(name: EngineName): Unavailable {
  const packages = { podman: 'podman', docker: 'docker.io' } as const;
  return new Unavailable(`the program '${name}' is not installed`, `apt-get install ${packages[name]}`);
}
