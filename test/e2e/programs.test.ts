import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFetched } from '../../src/layer/layer.ts';
import { debianLayerMissing } from '../../src/layer/debian.ts';
import { declaredPackages } from '../../src/programs/declaration.ts';
import { serverSchema, type ServerRecord } from '../../src/record/server.ts';
import { paced } from '../../src/process/pace.ts';
import { SERVERS } from '../../suites/programs/servers/index.ts';
import { bindspec, folder } from '../support/cli.ts';
import { noNamespaces } from '../support/namespace.ts';
import { needs, notRoot, type Lack } from '../support/needs.ts';

/** Several starts of several programs, in milliseconds. */
const MINUTES = paced(600_000);
const FETCHED = ['nginx', 'git daemon', 'socat', 'http.server --bind localhost', 'http-server', 'sirv'] as const;

/** The programs that some tests start, as `.ci/run` fetches them. */
const notFetched: Lack | null = FETCHED.every((name) =>
  declaredPackages(SERVERS.find((server) => server.name === name) ?? SERVERS[0]!).every(({ kind, names }) =>
    isFetched(kind, names),
  ),
)
  ? null
  : {
      need: 'programs',
      reason: 'the packages of programs of the table are not fetched',
      enable: `npx bindspec programs --fetch ${FETCHED.map((name) => (name.includes(' ') ? `'${name}'` : name)).join(' ')}`,
    };

async function observed(names: readonly string[], ...words: string[]): Promise<Map<string, ServerRecord>> {
  const { stdout, stderr } = await bindspec(['programs', ...names, '--format', 'json', ...words], { own: true });
  expect(stderr).toBe('');
  const results = JSON.parse(stdout) as { record: unknown }[];
  return new Map(results.map(({ record }) => [(record as ServerRecord).name, serverSchema.parse(record)]));
}

describe('bindspec programs', () => {
  it('says in one line what is wrong with its words', async () => {
    for (const [words, line] of [
      [['ngnix'], "bindspec: unknown program 'ngnix'; did you mean 'nginx'?"],
      [['nginx', '--ask', 'reech'], "bindspec: unknown question 'reech'; did you mean 'reach'?"],
      [['['], "bindspec: unknown program '['; 'bindspec programs --list' shows them all"],
    ] as const) {
      expect(await bindspec(['programs', ...words])).toEqual({ exitCode: 2, stdout: '', stderr: line });
    }
  });

  it('lists every program with its packages', async () => {
    const { stdout, exitCode } = await bindspec(['programs', '--list']);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').length).toBe(SERVERS.length);
    expect(stdout).toMatch(/^nginx +web +nginx-light$/m);
  });

  it(
    'starts what this machine has, writes its record, and compares the next one with it',
    { ...needs(noNamespaces), timeout: MINUTES },
    async () => {
      const reports = folder();
      const words = ['--ask', 'reach', '--reports', reports];
      const [record] = [...(await observed(['node 127.0.0.1'], ...words)).values()];
      expect(record).toMatchObject({
        binds: ['tcp 127.0.0.1:8080 reuseaddr'],
        reach: { 'tcp 8080': { machine: ['127.0.0.1'], neighbour: [] } },
        version: process.version.slice(1),
      });
      const file = path.join(reports, 'programs', 'node-127.0.0.1', `${process.version.slice(1)}.json`);
      expect(serverSchema.parse(JSON.parse(readFileSync(file, 'utf8')))).toEqual(record);
      const { stdout, exitCode } = await bindspec(['programs', 'node 127.0.0.1', ...words], { own: true });
      expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('as documented') });
      expect(stdout).not.toContain('changed');
    },
  );

  it(
    'sees of well-known servers what others saw',
    { ...needs(noNamespaces, notRoot, debianLack(), notFetched), timeout: MINUTES },
    async () => {
      const found = await observed(FETCHED, '--no-reports', '--ask', 'reach,second,restart');
      expect(found.get('nginx')).toMatchObject({
        binds: ['tcp 0.0.0.0:80 reuseaddr', 'tcp [::]:80 v6only reuseaddr'],
        second: { same: expect.stringMatching(/EADDRINUSE, exit 1$/) },
        restart: 'at once',
      });
      expect(found.get('git daemon')).toMatchObject({
        binds: ['tcp 0.0.0.0:9418', 'tcp [::]:9418 v6only'],
        second: { own: expect.stringMatching(/EADDRINUSE, exit 128$/) },
        restart: expect.stringMatching(/^EADDRINUSE/),
      });
      expect(found.get('socat')).toMatchObject({
        binds: ['tcp 0.0.0.0:8080'],
        documented: { says: ['tcp 0.0.0.0:8080'] },
      });
      // Refused at 127.0.0.1: the first address of localhost is taken, and no other.
      for (const name of ['http.server --bind localhost', 'sirv']) {
        const { binds = [], reach = {} } = found.get(name) ?? {};
        expect(binds.join(), name).toMatch(/^tcp \[::1\]:80[08]0 reuseaddr$/);
        expect(Object.values(reach), name).toEqual([{ machine: ['::1'], neighbour: [] }]);
      }
      expect(found.get('http-server')?.reach).toMatchObject({ 'tcp 8080': { neighbour: ['lan'] } });
    },
  );
});

function debianLack(): Lack | null {
  const missing = debianLayerMissing();
  return missing === null ? null : { need: 'apt-get', ...missing };
}
