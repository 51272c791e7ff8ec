import type { Platform } from './record.ts';

/** The names that people use for a build of Windows, on servers and elsewhere. */
interface Build {
  readonly server?: string;
  readonly client?: string;
}

/**
 * The builds of Windows: learn.microsoft.com, "Windows Server release information", "Windows 10 release information" and
 * "Windows 11 release information".
 */
const BUILDS: Readonly<Record<string, Build>> = {
  '10240': { client: 'Windows 10 1507' },
  '10586': { client: 'Windows 10 1511' },
  '14393': { client: 'Windows 10 1607', server: 'Windows Server 2016' },
  '15063': { client: 'Windows 10 1703' },
  '16299': { client: 'Windows 10 1709' },
  '17134': { client: 'Windows 10 1803' },
  '17763': { client: 'Windows 10 1809', server: 'Windows Server 2019' },
  '18362': { client: 'Windows 10 1903' },
  '18363': { client: 'Windows 10 1909' },
  '19041': { client: 'Windows 10 2004' },
  '19042': { client: 'Windows 10 20H2' },
  '19043': { client: 'Windows 10 21H1' },
  '19044': { client: 'Windows 10 21H2' },
  '19045': { client: 'Windows 10 22H2' },
  '20348': { server: 'Windows Server 2022' },
  '22000': { client: 'Windows 11 21H2' },
  '22621': { client: 'Windows 11 22H2' },
  '22631': { client: 'Windows 11 23H2' },
  '25398': { server: 'Windows Server, version 23H2' },
  '26100': { client: 'Windows 11 24H2', server: 'Windows Server 2025' },
  '26200': { client: 'Windows 11 25H2' },
};

/**
 * The name of a system in texts for people: its name and release (for example `linux 6.1.0-50-amd64`), or for Windows the
 * name of its build, where that is known (for example `Windows Server 2025 (10.0.26100)`).
 */
export function systemInWords({ system, release, version }: Pick<Platform, 'system' | 'release' | 'version'>): string {
  const build = system === 'windows' ? BUILDS[/^10\.0\.(\d+)/.exec(release)?.[1] ?? ''] : undefined;
  // The version is the name of the product, for example `Windows Server 2025 Datacenter` or `Windows 11 Pro`.
  const title = version.includes('Server') ? build?.server : build?.client;
  return title === undefined ? `${system} ${release}` : `${title} (${release})`;
}
