/** The files under /proc/net that have the index of an interface beside its name. */
export const DEVICE_FILES = ['if_inet6', 'igmp', 'dev_mcast'] as const;

/** The names of interfaces by their indexes. An interface that is in none of the three texts has no name here. */
export function deviceNames(
  texts: Readonly<Partial<Record<(typeof DEVICE_FILES)[number], string>>>,
): Map<number, string> {
  const names = new Map<number, string>();
  const note = (index: number, name: string | undefined) => {
    if (Number.isInteger(index) && name !== undefined && name !== '') names.set(index, name);
  };
  for (const line of (texts.if_inet6 ?? '').split('\n')) {
    const [, index = '', , , , name] = line.trim().split(/\s+/);
    note(Number.parseInt(index, 16), name);
  }
  for (const line of (texts.igmp ?? '').split('\n')) {
    const match = /^(\d+)\s+(\S+)\s*:/.exec(line);
    note(Number(match?.[1] ?? Number.NaN), match?.[2]);
  }
  for (const line of (texts.dev_mcast ?? '').split('\n')) {
    const [index = '', name] = line.trim().split(/\s+/);
    note(/^\d+$/.test(index) ? Number(index) : Number.NaN, name);
  }
  return names;
}
