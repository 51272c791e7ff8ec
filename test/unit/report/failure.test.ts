import { describe, expect, it } from 'vitest';
import { failureLines, failureSentence, failureText, rerunCommand } from '../../../src/report/failure.ts';
import { isUnexpected } from '../../../src/report/summary.ts';
import { fixture } from './fixture.ts';
import { expectGolden } from './golden.ts';

const failures = fixture.cells.filter(isUnexpected);

describe('the text of a failure', () => {
  it('is what it was, for a fail, a stale and an error', () => {
    expect(new Set(failures.map(({ verdict }) => verdict))).toEqual(new Set(['fail', 'stale', 'error']));
    expectGolden('failures.txt', `${failures.map((cell) => failureText(cell, fixture)).join('\n\n')}\n`);
  });

  it('shows all that was observed where no one could judge it', () => {
    const cell = fixture.cells.find(({ verdict }) => verdict === 'unjudged');
    expect(failureText(cell!, fixture)).toContain(
      [
        '  Recorded, not judged: no one has said what to expect on this system.',
        '  Observed:',
        '    from: external',
        '    took: 1.5',
        '    by: server, impostor',
      ].join('\n'),
    );
  });

  it('has nothing in it that steers a terminal or breaks a line', () => {
    for (const cell of fixture.cells) {
      for (const { text } of failureLines(cell, fixture)) expect(text).not.toMatch(/\p{C}/u);
    }
  });

  it('is the same in colour but for the colour', () => {
    for (const cell of failures) {
      const painted = failureText(cell, fixture, (text, kind) => `<${kind}>${text}</>`);
      expect(painted).toContain('<title>');
      expect(painted.replace(/<[a-z]+>(.*)<\/>/g, '$1')).toBe(failureText(cell, fixture));
    }
  });

  it('says what went wrong in one sentence', () => {
    expect(failures.map(failureSentence)).toEqual([
      'client: expected ECONNREFUSED or ECONNRESET, observed silence',
      'the agent of the part client (pid 77) ended with signal SIGKILL',
      'listed as known (patched), but it no longer deviates: remove line 3 of the list',
      expect.stringMatching(/^deep\[0\]: expected anything but ok, observed .* \(and 2 more\)$/),
    ]);
  });
});

describe('the command to run a cell again', () => {
  const inLab = (lab: string) => ({ lab: { lab }, platform: {} });

  it('names the lab unless it is the usual one', () => {
    expect(rerunCommand({ id: 'a/b/family:inet' }, inLab('netns'))).toBe(
      'npx bindspec run a/b/family:inet --no-reports',
    );
    expect(rerunCommand({ id: 'a/b/family:inet' }, inLab('host'))).toBe(
      'npx bindspec run a/b/family:inet --lab host --no-reports',
    );
  });

  it('names the stack instead, where there was one', () => {
    expect(rerunCommand({ id: 'a/b' }, { lab: { lab: 'gvisor' }, platform: { stack: 'gvisor:/opt/run sc' } })).toBe(
      "npx bindspec run a/b --stack 'gvisor:/opt/run sc' --no-reports",
    );
  });

  it('is one word for the shell whatever the record says', () => {
    expect(rerunCommand({ id: "a/b'; rm -rf $HOME\n" }, inLab('netns'))).toBe(
      String.raw`npx bindspec run 'a/b'\''; rm -rf $HOME\n' --no-reports`,
    );
  });
});
