import { describe, expect, it } from 'vitest';
import { containersAnnotations, matrixAnnotations, runAnnotations } from '../../../src/report/annotations.ts';
import { workflowCommands, type Annotation } from '../../../src/report/github.ts';
import type { SecurityRecord } from '../../../src/record/containers.ts';
import { containersRecord } from '../../support/containers.ts';
import { fixture } from './fixture.ts';
import { expectGolden } from './golden.ts';
import { matrixRecord } from './matrix/fixture.ts';

const numbered = (count: number, level: Annotation['level'] = 'error'): Annotation[] =>
  Array.from({ length: count }, (_, index) => ({ level, title: `number ${index}`, message: ['x'] }));

describe('the commands of a workflow', () => {
  it('are escaped, so that nothing ends one or begins another', () => {
    const [command] = workflowCommands([
      {
        level: 'error',
        title: 'a:b,c%\n::warning::',
        message: ['100% sure, a:b', '::stop-commands::x\r\u001B[2J'],
        place: { file: 'suites/a,b/c:d.ts', line: 7 },
      },
    ]);
    expect(command).toBe(
      String.raw`::error file=suites/a%2Cb/c%3Ad.ts,line=7,title=a%3Ab%2Cc%25\n%3A%3Awarning%3A%3A::100%25 sure, a:b%0A::stop-commands::x\r\x1b[2J`,
    );
  });

  it('are ten of a level at most, and the last of more says how many there are', () => {
    expect(workflowCommands(numbered(10))).toHaveLength(10);
    const commands = workflowCommands([...numbered(25), ...numbered(3, 'warning')]);
    expect(commands.map((one) => one.slice(0, 7))).toEqual([
      ...Array<string>(10).fill('::error'),
      ...Array<string>(3).fill('::warni'),
    ]);
    expect(commands[9]).toMatch(/^::error title=bindspec%3A 16 more::.*%0Anumber 9%0A.*%0Anumber 24$/);
  });
});

describe('annotations', () => {
  it('of a run are what failed in it, at the place of the experiment', () => {
    const place = (experiment: string) =>
      experiment.startsWith('refusal') ? { file: `suites/${experiment}.ts`, line: 3 } : undefined;
    expectGolden('github.txt', `${workflowCommands(runAnnotations(fixture, place)).join('\n')}\n`);
  });

  it('of a run tell cells of an experiment together to which the same happened', () => {
    const [, failed] = fixture.cells;
    const cells = failed ? Array.from({ length: 8 }, (_, index) => ({ ...failed, id: `${failed.id}/n:${index}` })) : [];
    const [one, ...more] = runAnnotations({ ...fixture, cells }, () => undefined);
    expect(more).toEqual([]);
    expect(one?.message[1]).toMatch(/^8 cells: .*n:0, .*n:4, and 3 more$/);
  });

  it('of a matrix are its mismatches by rule, and the errors of the harness', () => {
    const asked = { protocol: 'udp', state: 'bound', uid: 'same', devices: 'none/none' };
    const clean = matrixRecord(asked);
    expect(matrixAnnotations(clean)).toEqual([]);
    const wrong = matrixRecord(asked, (first, second, answer) =>
      first === '0.0.0.0 -' && second.startsWith('127.0.0.1') ? 'ok' : answer,
    );
    const told = matrixAnnotations({ ...wrong, errors: [{ what: 'a chunk', error: 'an agent died' }] });
    expect(told.map(({ title }) => title)).toEqual([
      "4 pairs on linux-6.18-x64 not as the model 'linux' says",
      'error: matrix on linux-6.18-x64',
    ]);
    expect(told[0]?.message.at(-1)).toMatch(/^To run it again: npx bindspec matrix --protocol udp/);
  });

  it('of containers are exposures, promises, stale lines and errors, and warnings of what changed', () => {
    const security: SecurityRecord = {
      id: 's',
      configuration: 'docker/proxy',
      way: 'lan',
      protocol: 'tcp',
      published: 'lan',
      target: 'lan',
      verdict: 'exposed',
      says: 'the LAN gets in',
      reached: ['::'],
    };
    const promise = { id: 'p', configuration: 'c', says: 's', source: 'd', known: 'k', held: 0, broken: ['b'] };
    const record = containersRecord([], {
      security: [security, { ...security, says: 'as we know', known: 'yes' }, { ...security, verdict: 'contained' }],
      promises: [promise, { ...promise, id: 'q', deviation: 'known' }, { ...promise, id: 'r', broken: [] }],
    });
    const change = { configuration: 'docker/proxy', was: 'refused', is: 'answered', who: ['host by lan'], what: ['x'] };
    expect(containersAnnotations(record, [], [change]).map(({ level, title }) => `${level} ${title}`)).toEqual([
      'error exposed: docker/proxy of docker-20.10-linux-6.1-x64',
      'error broken promise: p of docker-20.10-linux-6.1-x64',
      'warning changed: docker/proxy of docker-20.10-linux-6.1-x64',
    ]);
  });
});
