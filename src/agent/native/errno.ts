/**
 * The symbolic names of a system's errors by their numbers.
 * @param own the system's table; where a number has two names, the name in this table is taken
 * @param runtime Node's own table for the system it runs on, for errors of files and programs
 */
export function errnoNames(
  own: Readonly<Record<string, number>>,
  runtime: Readonly<Record<string, number>>,
): Map<number, string> {
  const names = new Map<number, string>();
  for (const [name, number] of [...Object.entries(runtime), ...Object.entries(own)]) names.set(number, name);
  return names;
}
