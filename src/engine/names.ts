/** The engines that bindspec asks by their own clients: a lab, `verify`, and the socket of one that runs. */
export type EngineName = 'podman' | 'docker';
export const ENGINES: readonly EngineName[] = ['podman', 'docker'];

/** Those that it can start on a host made for it. */
export type StartedEngine = EngineName | 'containerd' | 'nspawn' | 'libvirt' | 'incus';
export const STARTED_ENGINES: readonly StartedEngine[] = [...ENGINES, 'containerd', 'nspawn', 'libvirt', 'incus'];
