import { readAny } from '../../src/load/read.ts';

/** What runs a script, leaves an attribute, turns the direction of reading, or is too long for any column. */
const EVIL = `</script><script>ran=1</script><img src=x onerror=ran=1>"'><svg onload=ran=1>javascript:ran=1 __proto__ \u2028\u202E${'long'.repeat(60)}`;

const HUGE = 1e300;

type Change = (value: unknown) => unknown;

/**
 * A record with something hostile wherever its reader lets it be: in every string, in every number, and as a name in every
 * object. What a reader refuses at one of the places of a kind stays as it is in all of them.
 * @param record a record of any kind, as it is in its file
 * @returns the text of the hostile one
 * @throws Error for a record that no reader takes
 */
export function hostile(record: unknown): string {
  let made = JSON.parse(JSON.stringify(record)) as unknown;
  if (!isReadable(made)) throw new Error('the record can not be read, hostile or not');
  const changes: Change[] = [
    (value) => (typeof value === 'string' ? `${value}${EVIL}` : value),
    (value) => (typeof value === 'number' ? HUGE : value),
    named,
  ];
  /** Changes all of these kinds at once; where that is refused, either half of them. */
  const apply = (kinds: readonly string[], change: Change) => {
    const next = changed(made, new Set(kinds), change);
    if (isReadable(next)) made = next;
    else if (kinds.length > 1) {
      const half = Math.ceil(kinds.length / 2);
      apply(kinds.slice(0, half), change);
      apply(kinds.slice(half), change);
    }
  };
  for (const change of changes) apply([...kindsOf(made)], change);
  return JSON.stringify(made);
}

/** An object with one more name, which would be that of its prototype for who sets it carelessly. */
function named(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const more: object = { ...value };
  Object.defineProperty(more, '__proto__', { value: `polluted ${EVIL}`, enumerable: true });
  return more;
}

function isReadable(record: unknown): boolean {
  try {
    readAny(JSON.stringify(record), 'record');
    return true;
  } catch {
    return false;
  }
}

/** The places in a value, by their names from the outermost on: the members of a list are of one kind. */
function kindsOf(value: unknown, kind = ''): Set<string> {
  const kinds = new Set([kind]);
  const inner = Array.isArray(value)
    ? value.map((one) => kindsOf(one, `${kind}[]`))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).map(([name, one]) => kindsOf(one, `${kind}.${name}`))
      : [];
  for (const one of inner.flatMap((own) => [...own])) kinds.add(one);
  return kinds;
}

function changed(value: unknown, meant: ReadonlySet<string>, change: Change, kind = ''): unknown {
  const inner = Array.isArray(value)
    ? value.map((one) => changed(one, meant, change, `${kind}[]`))
    : typeof value === 'object' && value !== null
      ? withMembers(value, (name, one) => changed(one, meant, change, `${kind}.${name}`))
      : value;
  return meant.has(kind) ? change(inner) : inner;
}

/** The object with its members changed, also the one that is called `__proto__`. */
function withMembers(value: object, change: (name: string, member: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(name, member)]));
}
