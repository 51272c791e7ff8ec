/** Makes of a record of one version one of the next. It gets what may be anything, and must not throw; the schema of the
 * newest version says afterwards whether it was a record at all. */
export type MigrationStep = (record: Json) => Json;

/** An object as JSON has it. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list with something done to each; what is no list of objects is left as it is. */
export function eachObject(list: unknown, change: (one: Json) => Json): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((one: unknown) => (isObject(one) ? change(one) : one));
}
