import process from 'node:process';

let found: boolean | undefined;

/** Whether the C library is glibc, whose resolver sorts and maps addresses in ways of its own. */
export function hasGlibc(): boolean {
  found ??= readGlibc();
  return found;
}

function readGlibc(): boolean {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime !== undefined;
}
