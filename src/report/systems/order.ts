/** A system as readers look for it; the engines that run containers count as one. */
export interface SystemColumn {
  /** As platforms and expectations call the system; `ENGINES_COLUMN` for container engines. */
  readonly id: string;
  readonly title: string;
  /** Other names that readers know it by, in lower case. */
  readonly names: readonly string[];
  /** The page in `docs/` that says how to run bindspec there. */
  readonly how: string;
}

const OWN_MACHINE = 'adding-a-platform.md';

export const ENGINES_COLUMN = 'engines';

/** The systems in the order in which people look for them. */
export const SYSTEM_COLUMNS: readonly SystemColumn[] = [
  { id: 'linux', title: 'Linux', names: ['gnu/linux', 'debian', 'ubuntu', 'kernel'], how: 'running.md' },
  { id: 'darwin', title: 'macOS', names: ['darwin', 'mac', 'macos', 'osx', 'os x', 'apple'], how: 'macos.md' },
  { id: 'windows', title: 'Windows', names: ['win32', 'winsock', 'microsoft'], how: OWN_MACHINE },
  { id: 'freebsd', title: 'FreeBSD', names: ['bsd'], how: OWN_MACHINE },
  { id: 'openbsd', title: 'OpenBSD', names: ['bsd'], how: OWN_MACHINE },
  { id: 'netbsd', title: 'NetBSD', names: ['bsd'], how: OWN_MACHINE },
  { id: 'gvisor', title: 'gVisor', names: ['runsc', 'sandbox'], how: 'stacks.md' },
  { id: 'wine', title: 'Wine', names: ['winsock'], how: 'stacks.md' },
  {
    id: ENGINES_COLUMN,
    title: 'Container engines',
    names: ['docker', 'podman', 'container', 'containers', 'moby'],
    how: 'containers.md',
  },
];

/** The columns of some records: those that are always there, and one for each other system that was recorded. */
export function columnsFor(systems: readonly string[]): SystemColumn[] {
  const others = [...new Set(systems)].filter((system) => SYSTEM_COLUMNS.every(({ id }) => id !== system));
  return [...SYSTEM_COLUMNS, ...others.map((id) => ({ id, title: id, names: [], how: OWN_MACHINE }))];
}
