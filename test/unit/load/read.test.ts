import { describe, expect, it } from 'vitest';
import { BadRecord, readRecord } from '../../../src/load/read.ts';
import { fixture } from '../report/fixture.ts';

const written = JSON.stringify(fixture);

function refusal(text: string): string {
  try {
    readRecord(text, 'reports/x/record.json');
  } catch (error) {
    expect(error).toBeInstanceOf(BadRecord);
    return (error as BadRecord).message;
  }
  return 'was read';
}

describe('reading a record', () => {
  it('gives back what was written, of every verdict', () => {
    expect(readRecord(written, 'record.json')).toEqual(JSON.parse(written));
    expect(readRecord(`\uFEFF${JSON.stringify(fixture, null, 2)}\r\n`, 'record.json')).toEqual(JSON.parse(written));
  });

  it('says in one line that it is not JSON', () => {
    expect(refusal('{"a":\n\u001B[31m')).toMatch(
      /^reports\/x\/record\.json: not JSON: .*; move it away, and write it again with/,
    );
    expect(refusal(' \n')).toBe("reports/x/record.json: empty; move it away, and write it again with 'bindspec run'");
    expect(refusal(written.slice(0, -9))).toMatch(/^reports\/x\/record\.json: not JSON: /);
  });

  it('says that it is not a record', () => {
    for (const other of ['[]', 'null', '7', '{}', '"schema"']) {
      expect(refusal(other)).toBe(
        "reports/x/record.json: not a record: it has no key `schema`; move it away, and write it again with 'bindspec run'",
      );
    }
  });

  it('says that it is of another version', () => {
    expect(refusal(JSON.stringify({ ...fixture, schema: 4 }))).toBe(
      'reports/x/record.json: written by a newer bindspec: it is of version 4, and this one reads up to version 3; ' +
        "read it with the bindspec that wrote it, or move it away, and write it again with 'bindspec run'",
    );
    for (const never of [0, -1, 1.5, Number.MIN_SAFE_INTEGER]) {
      expect(refusal(JSON.stringify({ ...fixture, schema: never }))).toContain(
        `not a record: there was no version ${never}`,
      );
    }
    expect(refusal(JSON.stringify({ ...fixture, schema: '1' }))).toContain('not a valid record: schema: ');
  });

  it('says where it is wrong', () => {
    const cells = [fixture.cells[0], { ...fixture.cells[1], verdict: 'splendid' }];
    expect(refusal(JSON.stringify({ ...fixture, cells }))).toMatch(
      /: not a valid record: cells\[1\]\.verdict: Invalid/,
    );
    expect(refusal(JSON.stringify({ ...fixture, platform: {}, extra: '\n' }))).toMatch(
      /: platform\.id: Invalid input: .* \(and 7 more\); move it away, and write it again/,
    );
  });

  it('never breaks its line', () => {
    const odd = { ...fixture, 'a\n\u001B[2Jb': 1 };
    for (const text of ['\n\n{', '\u0007', JSON.stringify(odd)]) expect(refusal(text)).not.toMatch(/\p{C}/u);
  });
});
