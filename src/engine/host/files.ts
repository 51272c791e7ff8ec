import process from 'node:process';

/** Where everything lies that an engine writes: on a file system in memory, which goes with the mount namespace. */
export const STATE = '/run/bindspec';

/** The socket of a docker daemon. */
export const DOCKER_SOCKET = `${STATE}/docker.sock`;

/**
 * Shell text that gives the shell's mount namespace folders of its own for what engines write: nothing that they keep,
 * lock or configure is the machine's. It prints `mounted`. /tmp stays, because bindspec itself may lie there. With a
 * `root` these are another system's files, which lie in that folder.
 */
export function mountState(root: string | null): string {
  return root === null ? mountOwn() : mountRoot(root);
}

function mountOwn(): string {
  const overlays = ['etc', 'var'].flatMap((folder) => [
    `mkdir -p ${STATE}/changed/${folder} ${STATE}/work/${folder}`,
    `mount -t overlay overlay -o lowerdir=/${folder},upperdir=${STATE}/changed/${folder},workdir=${STATE}/work/${folder} /${folder}`,
  ]);
  const steps = [
    'mount --make-rprivate /',
    'mount -t tmpfs -o mode=755 tmpfs /run',
    'mount -t tmpfs -o mode=1777 tmpfs /dev/shm',
    ...overlays,
    'mount -t proc proc /proc',
  ];
  return mounted(steps);
}

function mounted(steps: readonly string[]): string {
  const all = [...steps, `mkdir -p ${STATE}/home ${STATE}/tmp ${PROGRAMS}`];
  return `{ ${all.join(' && ')} ; } && echo mounted || echo failed\n`;
}

/**
 * The same with another system's files instead of the machine's; they are not changed either. The mount namespace
 * gets a root of its own by pivot_root: with chroot, commands that an engine runs in a container land outside of it.
 */
function mountRoot(root: string): string {
  return mounted([
    'mount --make-rprivate /',
    'mount -t tmpfs -o mode=755 tmpfs /run',
    'mkdir /run/root /run/changed /run/work',
    `mount -t overlay overlay -o 'lowerdir=${root},upperdir=/run/changed,workdir=/run/work' /run/root`,
    'cd /run/root',
    'mount --rbind /dev dev',
    'mount --rbind /sys sys',
    'mount -t proc proc proc',
    'mount -t tmpfs -o mode=755 tmpfs run',
    'mount -t tmpfs -o mode=1777 tmpfs dev/shm',
    'mkdir run/old',
    'pivot_root . run/old',
    'umount -l /run/old',
  ]);
}

/** Programs of the state's own come before the machine's. */
const PROGRAMS = `${STATE}/bin`;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The user of a rootless engine, who is there only in the mount namespace of its host. A rootless podman hides all of /run
 * from what makes its bridges, so that its home is not there.
 */
export const USER = { name: 'bindspec', id: 61_234, home: '/var/bindspec' } as const;
/** The ids that its containers may use; no one else has them. */
const SUBORDINATE = '1879048192:65536';

/** Shell text that makes the user of a rootless engine, and a tun device that may be opened without root. */
export function makeUser(): string {
  const { name, id, home } = USER;
  return [
    `echo '${name}:x:${id}:${id}::${home}:/bin/sh' >>/etc/passwd`,
    `echo '${name}:x:${id}:' >>/etc/group`,
    `echo '${name}:${SUBORDINATE}' >>/etc/subuid`,
    `echo '${name}:${SUBORDINATE}' >>/etc/subgid`,
    `mkdir -p ${home}/run ${home}/tmp`,
    `chown -R ${id}:${id} ${home}`,
    `chmod 700 ${home}/run`,
    'mount -t tmpfs -o mode=755 tmpfs /dev/net',
    'mknod -m 666 /dev/net/tun c 10 200',
  ].join(' && ');
}

/** The words that make a command that of the rootless engine's user, with an environment of his own. */
export function asUser(): string[] {
  const { id, home } = USER;
  const set = {
    HOME: home,
    TMPDIR: `${home}/tmp`,
    XDG_RUNTIME_DIR: `${home}/run`,
    CONTAINERS_CONF: `${home}/containers.conf`,
    CONTAINERS_STORAGE_CONF: `${home}/storage.conf`,
  };
  return [
    'setpriv',
    `--reuid=${id}`,
    `--regid=${id}`,
    '--init-groups',
    'env',
    ...Object.entries(set).map(([name, value]) => `${name}=${value}`),
  ];
}

/** The settings of a rootless podman. Its storage is copied, not overlaid, which every kernel and file system allows. */
export function rootlessPodmanFiles(runtime: string): Record<string, string> {
  return {
    [`${USER.home}/containers.conf`]: `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "${runtime}"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
`,
    [`${USER.home}/storage.conf`]: `[storage]
driver = "vfs"
runroot = "${USER.home}/run/containers"
graphroot = "${USER.home}/graph"
`,
  };
}

/**
 * The settings of a podman that keeps to its own folders, as the texts of its files by their paths. It has no setting for
 * the control group that its containers are made in, so that its own word for it is put in front of every other.
 */
export function podmanFiles(network: 'netavark' | 'cni', runtime: string, cgroup: string): Record<string, string> {
  return {
    [`${PROGRAMS}/podman`]: `#!/bin/sh
PATH='${PATH}'
case $1 in
  run | create | build) command=$1; shift; exec podman "$command" --cgroup-parent='${cgroup}' "$@" ;;
esac
exec podman "$@"
`,
    [`${STATE}/containers.conf`]: `[containers]
default_ulimits = ["nofile=4096:4096", "nproc=1024:1024"]
[engine]
runtime = "${runtime}"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "${network}"
network_config_dir = "${STATE}/podman/networks"
`,
    [`${STATE}/storage.conf`]: `[storage]
driver = "overlay"
runroot = "${STATE}/podman/run"
graphroot = "${STATE}/podman/graph"
`,
  };
}

/**
 * What leads an engine or its client to other engines, or to folders that its user can't write to: a rootless podman whose
 * XDG_CACHE_HOME is someone else's imports an image and does not know it afterwards (observed with 4.3).
 */
const MISLEADING = /^(XDG|DOCKER|CONTAINERS?|PODMAN|BUILDAH|STORAGE|REGISTRY)_/;

/** The words that give a command the environment of engines and their clients: the machine's, except what misleads. */
export function environment(): string[] {
  const unset = Object.keys(process.env).filter((name) => MISLEADING.test(name));
  const set = {
    PATH: `${PROGRAMS}:${PATH}`,
    HOME: `${STATE}/home`,
    TMPDIR: `${STATE}/tmp`,
    LC_ALL: 'C',
    DOCKER_HOST: `unix://${DOCKER_SOCKET}`,
    CONTAINERS_CONF: `${STATE}/containers.conf`,
    CONTAINERS_STORAGE_CONF: `${STATE}/storage.conf`,
  };
  return [
    'env',
    ...unset.flatMap((name) => ['-u', name]),
    ...Object.entries(set).map(([name, value]) => `${name}=${value}`),
  ];
}

/**
 * The words that start a docker daemon: its defaults decide what its networks do, except what `options` say; the rest keeps it apart
 * from another. `help` is what it prints of its options, which differ between versions.
 */
export function dockerd(settings: { options: readonly string[]; cgroup: string }, help: string): string[] {
  return [
    'dockerd',
    `--config-file=${STATE}/daemon.json`,
    `--data-root=${STATE}/docker`,
    `--exec-root=${STATE}/docker-run`,
    `--host=unix://${DOCKER_SOCKET}`,
    `--pidfile=${STATE}/docker.pid`,
    `--cgroup-parent=${settings.cgroup}`,
    // Where root may not raise its own oom score, 20.10 does not start without; from 25 on there is no such option.
    ...(help.includes('--oom-score-adjust') ? ['--oom-score-adjust=0'] : []),
    ...settings.options,
  ];
}

/** Shell text that ends the docker daemon, and waits until it is gone. */
export function endDaemon(signal: 'TERM' | 'KILL'): string {
  return `pid=$(cat ${STATE}/docker.pid) && kill -${signal} $pid && while kill -0 $pid 2>/dev/null; do sleep 0.05; done; rm -f ${DOCKER_SOCKET}`;
}
