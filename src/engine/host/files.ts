/** Where everything lies that an engine writes: on a file system in memory, which goes with the mount namespace. */
export const STATE = '/run/bindspec';

/** The socket of a docker daemon. */
export const DOCKER_SOCKET = `${STATE}/docker.sock`;

/**
 * Shell text that gives the shell's mount namespace folders of its own for what engines write: nothing that they keep,
 * lock or configure is the machine's. It prints `mounted`. /tmp stays, because bindspec itself may lie there.
 */
export function mountState(): string {
  const overlays = ['etc', 'var'].flatMap((folder) => [
    `mkdir -p ${STATE}/changed/${folder} ${STATE}/work/${folder}`,
    `mount -t overlay overlay -o lowerdir=/${folder},upperdir=${STATE}/changed/${folder},workdir=${STATE}/work/${folder} /${folder}`,
  ]);
  const steps = [
    'mount --make-rprivate /',
    'mount -t tmpfs -o mode=755 tmpfs /run',
    'mount -t tmpfs -o mode=1777 tmpfs /dev/shm',
    ...overlays,
    `mkdir -p ${STATE}/home ${STATE}/tmp ${PROGRAMS}`,
    'mount -t proc proc /proc',
  ];
  return `{ ${steps.join(' && ')} ; } && echo mounted || echo failed\n`;
}

/** Programs of the state's own come before the machine's. */
const PROGRAMS = `${STATE}/bin`;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

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

/** The environment in which engines and their clients run: that of the machine, but for what leads to other engines. */
export function environment(): string[] {
  const unset = [
    'DOCKER_HOST',
    'DOCKER_CONTEXT',
    'DOCKER_CONFIG',
    'CONTAINER_HOST',
    'CONTAINER_CONNECTION',
    'XDG_RUNTIME_DIR',
  ];
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

/** The words that start a docker daemon. */
export function dockerd(settings: { userlandProxy: boolean; cgroup: string }): string[] {
  return [
    'dockerd',
    `--config-file=${STATE}/daemon.json`,
    `--data-root=${STATE}/docker`,
    `--exec-root=${STATE}/docker-run`,
    `--host=unix://${DOCKER_SOCKET}`,
    `--pidfile=${STATE}/docker.pid`,
    `--userland-proxy=${settings.userlandProxy}`,
    `--cgroup-parent=${settings.cgroup}`,
    // Where root may not raise its own oom score, 20.10 does not start without.
    '--oom-score-adjust=0',
    // From 28 on that is what it does without being told.
    '--experimental',
    '--ip6tables',
  ];
}
