import { koffi } from './koffi.ts';

/** The version of the Wine that runs this process, for example `8.0`; null on Windows itself, whose ntdll has no such call. */
export function wineVersion(): string | null {
  const ntdll = koffi.load('ntdll.dll');
  try {
    return (ntdll.func('str wine_get_version()') as () => string)();
  } catch {
    return null;
  }
}
