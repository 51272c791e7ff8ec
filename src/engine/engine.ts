/** What is known of the engines: what there is to ask of one, whatever its name. */
import type { Publication } from '../published/publication.ts';
import type { StartedEngine } from './names.ts';

/** What an engine says of itself. What it does not tell is left out. */
export interface EngineFacts {
  name: StartedEngine;
  version: string;
  rootless: boolean;
  /** What makes its networks, such as `netavark 1.4.0` or `cni`. */
  network?: string;
  runtime?: string;
  kernel?: string;
  /** The program through which the bridges of a rootless one reach the host, where it says so: `pasta` or `slirp4netns`. */
  rootlessNetwork?: string;
  /** Versions of what forwards for a rootless one. */
  helpers: Record<string, string>;
}

/** The addresses that a container has on one network. */
export interface ContainerNetwork {
  name: string;
  inet?: string;
  inet6?: string;
  gateway?: string;
  gateway6?: string;
}

export interface Container {
  id: string;
  name: string;
  running: boolean;
  /** Its first process as the engine counts them; null where none runs. */
  pid: number | null;
  /** The network as it was asked for, such as `host`, `bridge` or `container:ID`. */
  networkMode: string;
  networks: ContainerNetwork[];
  published: Publication[];
  labels: Record<string, string>;
}

export interface NetworkPlan {
  name: string;
  subnet: string;
  subnet6?: string;
  driver?: string;
  /** The parts of the subnets that containers are given addresses of. */
  ranges?: readonly string[];
  /** Options of the driver, for example `parent=eth0`. */
  options?: readonly string[];
  labels?: Readonly<Record<string, string>>;
}

export interface ContainerPlan {
  name: string;
  image: string;
  /** Networks by their names, or a mode such as `host`, `none` or `container:NAME` alone. */
  networks: readonly string[];
  /** As `-p` takes them: `[ADDRESS:]HOSTPORT:PORT/PROTOCOL`. */
  publish?: readonly string[];
  /** What it runs, instead of what its image says. */
  command?: readonly string[];
  labels?: Readonly<Record<string, string>>;
  /** Further words of `run`. */
  options?: readonly string[];
}

/** A container that is there as long as it is held. */
export interface HeldContainer {
  /** Lets go of it. The engine then removes it, in its own time. Never throws. */
  release(): Promise<void>;
}

/** A container engine, asked by its own command line client. All of it throws `EngineFailed`. */
export interface Engine {
  readonly name: StartedEngine;
  /** The words that its commands begin with. */
  readonly client: readonly string[];
  /** @throws Unavailable when it does not answer. */
  facts(): Promise<EngineFacts>;
  /** Makes an image of a root file system, a tar archive. `changes` are instructions of a Dockerfile. */
  importImage(archive: Buffer, tag: string, changes: readonly string[]): Promise<void>;
  /** Builds a folder's Dockerfile without a network. */
  build(folder: string, tag: string): Promise<void>;
  hasImage(tag: string): Promise<boolean>;
  /** The images of a name, each with its tag. */
  imagesNamed(name: string): Promise<string[]>;
  /** Removes an image; one that is used or not there is left as it is. */
  removeImage(tag: string): Promise<void>;
  createNetwork(plan: NetworkPlan): Promise<void>;
  removeNetworks(names: readonly string[]): Promise<void>;
  /** Starts a container in the background. */
  run(plan: ContainerPlan): Promise<void>;
  /**
   * Starts a container that ends when its handle is released or when this process is gone, for whatever reason; the
   * engine then removes it. Its command must read its stdin to the end, and print a line first.
   */
  hold(plan: ContainerPlan): Promise<HeldContainer>;
  /** @returns null where there is none of this name or id. */
  inspect(name: string): Promise<Container | null>;
  /** Ends containers at once and removes them; names of none are left out. */
  remove(names: readonly string[]): Promise<void>;
  /** The names of the containers that run, of those that fit all filters of its `ps`, for example `pod=web`. */
  running(filters: readonly string[]): Promise<string[]>;
  /** The names of all containers, running or not, that have a label. */
  labelled(label: string): Promise<string[]>;
  /** The names of the networks that have a label. */
  networksLabelled(label: string): Promise<string[]>;
  /** Runs a command of its client, and returns what it printed. */
  command(...words: string[]): Promise<string>;
  /** The words that run a command in a container, with its stdin. */
  exec(name: string): readonly string[];
}

/** An engine did not do what it was asked for; the message says what, and what it complained about. */
export class EngineFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EngineFailed';
  }
}
