/** Converts a record of one version to the next version. Its argument may be anything, and it must not throw; the schema
 * of the newest version says afterwards whether the value was a record at all. */
export type MigrationStep = (record: Json) => Json;

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Does something to each object of a list; returns a value that is not a list of objects as it is. */
export function eachObject(list: unknown, change: (one: Json) => Json): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((one: unknown) => (isObject(one) ? change(one) : one));
}
