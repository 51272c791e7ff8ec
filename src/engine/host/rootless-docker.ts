import { asUser, USER } from './files.ts';

/** What Debian's package of Docker has for an ordinary user's daemon. */
export const ROOTLESS_SCRIPT = '/usr/share/docker.io/contrib/dockerd-rootless.sh';

/** What connects a rootless Docker with its host. */
export interface RootlessDocker {
  /** The network of rootlesskit; slirp4netns is its script's default. */
  net?: 'slirp4netns' | 'pasta';
  /** What forwards the published ports; `builtin` is its script's default. */
  portDriver?: 'builtin' | 'slirp4netns' | 'implicit';
  userlandProxy?: boolean;
}

const SOCKET = `${USER.home}/run/docker.sock`;

/** The words that start a rootless daemon by Docker's own script, as the rootless engine's user. */
export function rootlessDockerd({ net, portDriver, userlandProxy = true }: RootlessDocker): string[] {
  const set = {
    ...(net === undefined ? {} : { DOCKERD_ROOTLESS_ROOTLESSKIT_NET: net }),
    ...(portDriver === undefined ? {} : { DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER: portDriver }),
  };
  return [
    ...asUser(),
    ...Object.entries(set).map(([name, value]) => `${name}=${value}`),
    ROOTLESS_SCRIPT,
    `--data-root=${USER.home}/docker`,
    `--host=unix://${SOCKET}`,
    `--userland-proxy=${userlandProxy}`,
    // Copied, not overlaid, which every kernel and file system allows.
    '--storage-driver=vfs',
  ];
}

/** The words of its client. */
export function rootlessDockerClient(): string[] {
  return [...asUser(), `DOCKER_HOST=unix://${SOCKET}`, 'docker'];
}

/** The words that start a command in the network between its containers and the host, that of rootlesskit's child. */
export function inRootlesskit(): string {
  return `nsenter --net=/proc/$(cat ${USER.home}/run/dockerd-rootless/child_pid)/ns/net `;
}
