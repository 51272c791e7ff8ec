/** The systems for which npm has a built native module of koffi: those in its package's optionalDependencies. */
const PREBUILT: ReadonlySet<string> = new Set(['darwin', 'freebsd', 'linux', 'openbsd', 'win32']);

/** The tools that a build of koffi needs, and how to get them, by Node's names of systems. */
const BUILD_TOOLS: Readonly<Record<string, string>> = {
  // The base systems of these two have a compiler for C++.
  freebsd: 'pkg install -y cmake',
  openbsd: 'pkg_add -I node cmake',
  darwin: 'xcode-select --install && brew install cmake',
  win32: 'winget install Kitware.CMake Microsoft.VisualStudio.2022.BuildTools',
};
const OTHER_TOOLS = 'install cmake and a compiler for C++';

/**
 * Why koffi, the native module of the agent, could not be loaded, and what to do about it, in one line. Null for any
 * other error.
 * @param error the error that loading the agent's modules threw
 * @param system the system and its architecture, by Node's names
 */
export function whyUnloadable(error: unknown, system: string, architecture: string): string | null {
  if (!(error instanceof Error)) return null;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const [message = ''] = error.message.split('\n');
  if (code.endsWith('MODULE_NOT_FOUND') && message.includes("'koffi'")) {
    return "the package 'koffi' is not installed: run npm install in bindspec's folder on this system";
  }
  if (message.startsWith('Cannot find the native Koffi module')) {
    const place = `${system}-${architecture}`;
    if (!PREBUILT.has(system)) return `there is no agent for ${place}: koffi has no native module for that system`;
    return `the native module of koffi for ${place} is not installed: run npm install in bindspec's folder on this system, without --omit=optional`;
  }
  // The message of the system's loader, for example that a library is missing.
  if (code === 'ERR_DLOPEN_FAILED') {
    const tools = BUILD_TOOLS[system] ?? OTHER_TOOLS;
    return `the native module of koffi can't be loaded here (${message}): ${tools}, then run npm rebuild koffi in bindspec's folder`;
  }
  return null;
}
