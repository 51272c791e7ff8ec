import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readReceivers } from '../../src/load/read.ts';
import { receiverReader } from '../../src/matrix/receivers/reading.ts';
import { bindspec, folder } from '../support/cli.ts';
import { noNamespaces } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';

describe('who receives, of pairs of the matrix', () => {
  test.each([
    [['--state', 'open/bound'], /^bindspec: unknown state 'open\/bound'; it is one of bound\/bound/],
    [['--protocol', 'tcp', '--state', 'connected/bound'], /^bindspec: no tcp pair is connected\/bound/],
    [['--against', 'darwin'], /^bindspec: --against compares who may bind/],
    [['--last'], /^bindspec: there is no receivers\.json in '.*' yet: run 'bindspec matrix --receivers'/],
    [['--record', '/nowhere'], /^bindspec: \/nowhere: there is no such file/],
  ])('%j: 2, in one line', async (words, message) => {
    const reports = folder();
    const { exitCode, stdout, stderr } = await bindspec(['matrix', '--receivers', ...words, '--reports', reports]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  test('datagrams and connections reach whom the model says; a group shares', needs(noNamespaces), async () => {
    const reports = folder();
    const asked = ['--first', '0.0.0.0 P,:: dual A,127.0.0.1 A', '--second', '0.0.0.0 P,127.0.0.1 A'];
    const { exitCode, stdout } = await bindspec([
      'matrix',
      '--receivers',
      ...asked,
      '--jobs',
      '1',
      '--reports',
      reports,
    ]);
    expect(stdout).toContain(' 0 mismatches');
    expect(exitCode).toBe(0);
    const [platform = ''] = readdirSync(reports);
    const file = path.join(reports, platform, 'receivers.json');
    expect(existsSync(path.join(reports, platform, 'receivers.md'))).toBe(true);
    const record = readReceivers(readFileSync(file, 'utf8'), file);
    const words = new Set(
      record.blocks
        .flatMap((block) => receiverReader(record)(block).flat())
        .flatMap(({ answer }) => (answer !== null && 'words' in answer ? answer.words : [])),
    );
    expect([...words].toSorted()).toEqual(['1', '1|2', '2', 'no answer', 'refused']);
    // An ordinary user has one owner, and so fewer pairs.
    expect(record.counts.pairs).toBeGreaterThan(50);

    const again = await bindspec(['matrix', '--receivers', '--last', '--reports', reports]);
    expect(again.stdout).toContain('from 127.0.0.1 to 127.0.0.1');
    expect(again.exitCode).toBe(0);
  });

  test('against another model it finds what differs, and the command that shows it', needs(noNamespaces), async () => {
    const one = [
      '--protocol',
      'udp',
      '--state',
      'bound/bound',
      '--uid',
      'same',
      '--first',
      '0.0.0.0 A',
      '--second',
      ':: dual A',
    ];
    const { exitCode, stdout } = await bindspec(['matrix', '--receivers', ...one, '--model', 'gvisor', '--no-reports']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/kernel {2}1\n {2}model {3}2\n/);
    expect(stdout).toContain("--first '0.0.0.0 A' --second ':: dual A' --uid same --model gvisor --no-reports");
  });
});
