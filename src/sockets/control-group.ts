/** What a process belongs to, as its control group says. */
export interface Belongs {
  /** A unit of systemd: a service, a scope or a socket; of a user's own manager too. */
  readonly unit?: string;
  /** A container: its engine, as far as the name of the group tells it, and its id or name. */
  readonly container?: { readonly engine: string; readonly id: string };
}

/**
 * How engines name the groups of their containers. The id of 64 digits is cut to the 12 that the engines' own lists show.
 * Sources: docker/daemon (native and systemd cgroup drivers), containers/podman libpod, cri-o, containerd cri, lxc
 * src/lxc/cgroups, systemd nspawn-register.c.
 */
const CONTAINERS: readonly (readonly [engine: string, pattern: RegExp])[] = [
  ['docker', /(?:^|\/)docker[-/](?<id>[\da-f]{64})(?:\.scope)?(?:\/|$)/],
  ['podman', /(?:^|\/)libpod-(?!conmon-)(?<id>[\da-f]{64})(?:\.scope)?(?:\/|$)/],
  ['cri-o', /(?:^|\/)crio-(?!conmon-)(?<id>[\da-f]{64})(?:\.scope)?(?:\/|$)/],
  ['containerd', /(?:^|\/)cri-containerd-(?<id>[\da-f]{64})(?:\.scope)?(?:\/|$)/],
  ['kubernetes', /\/kubepods\b.*\/(?<id>[\da-f]{64})(?:\/|$)/],
  ['lxc', /(?:^|\/)lxc(?:\.payload)?[./](?<id>[^/]+)(?:\/|$)/],
  ['nspawn', /(?:^|\/)(?:machine-|systemd-nspawn@)(?<id>[^/]+?)\.(?:scope|service)(?:\/|$)/],
];
const SHOWN_ID = 12;

/** Reads the text of /proc/PID/cgroup, of both versions of control groups. */
export function belongsTo(text: string): Belongs {
  const paths = text.split('\n').flatMap((line) => {
    const [, controllers = '', path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    return path === undefined || path === '/' ? [] : [{ controllers, path }];
  });
  // Version 2 has no name of a controller; version 1 has systemd's own hierarchy. The others are looked at last.
  const rank = ({ controllers }: { controllers: string }) =>
    controllers === '' ? 0 : controllers === 'name=systemd' ? 1 : 2;
  for (const { path } of paths.toSorted((one, other) => rank(one) - rank(other))) {
    const unit = unitIn(path);
    const container = containerIn(path);
    if (unit !== undefined || container !== undefined) {
      return { ...(unit === undefined ? {} : { unit }), ...(container === undefined ? {} : { container }) };
    }
  }
  return {};
}

/** The innermost service; where there is none, the innermost scope. That of an engine's own container is said as the container. */
function unitIn(path: string): string | undefined {
  const names = path.split('/').map(unescaped);
  const isEngines = (name: string) =>
    CONTAINERS.some(([, pattern]) => pattern.test(name)) || /^(libpod|crio)-conmon-/.test(name);
  const own = names.filter((name) => /\.(service|scope|socket)$/.test(name) && !isEngines(name));
  return own.findLast((name) => !name.endsWith('.scope')) ?? own.at(-1);
}

function containerIn(path: string): Belongs['container'] {
  for (const [engine, pattern] of CONTAINERS) {
    const id = pattern.exec(path)?.groups?.id;
    if (id !== undefined) return { engine, id: /^[\da-f]{64}$/.test(id) ? id.slice(0, SHOWN_ID) : unescaped(id) };
  }
  return undefined;
}

/** systemd writes bytes that can't be in a name as `\x2d`. */
function unescaped(name: string): string {
  return name.replaceAll(/\\x([\da-f]{2})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)));
}
