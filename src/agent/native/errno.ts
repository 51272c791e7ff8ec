/**
 * The symbolic names of a system's errors by their numbers.
 * @param own the system's table, whose names are taken where a number has two
 * @param runtime what Node has for the system it runs on, for errors of files and programs
 */
export function errnoNames(
  own: Readonly<Record<string, number>>,
  runtime: Readonly<Record<string, number>>,
): Map<number, string> {
  const names = new Map<number, string>();
  for (const [name, number] of [...Object.entries(runtime), ...Object.entries(own)]) names.set(number, name);
  return names;
}
