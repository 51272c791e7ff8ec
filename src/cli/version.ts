import { readFileSync } from 'node:fs';

/** The version in the package's own manifest, which lies above `dist`. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
