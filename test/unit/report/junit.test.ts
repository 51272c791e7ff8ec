import { readFileSync } from 'node:fs';
import { validateXML } from 'xmllint-wasm';
import { describe, expect, it } from 'vitest';
import { junitReport } from '../../../src/report/junit.ts';
import { fixture } from './fixture.ts';
import { expectGolden } from './golden.ts';

const SCHEMA = readFileSync(new URL('junit.xsd', import.meta.url), 'utf8');

async function problems(xml: string): Promise<string[]> {
  const { errors } = await validateXML({ xml: { fileName: 'junit.xml', contents: xml }, schema: SCHEMA });
  return errors.map(({ message }) => message);
}

describe('a JUnit report', () => {
  const xml = junitReport(fixture);

  it('is what it was', () => {
    expectGolden('junit.xml', xml);
  });

  it('keeps to the schema that CI systems use', async () => {
    expect(await problems(xml)).toEqual([]);
  });

  it('keeps to it without any cell', async () => {
    const empty = junitReport({ ...fixture, cells: [] });
    expect(await problems(empty)).toEqual([]);
    expect(empty).toContain('<testsuites name="bindspec" time="2.3456" tests="0" failures="0" errors="0"/>');
  });

  it('would be refused with what that schema forbids', async () => {
    const spoilt: readonly [RegExp, string][] = [
      [/<testcase /, '<testcase file="a.ts" '],
      [/(<testcase [^>]*>)/, '$1<properties/>'],
      [/<testsuites /, '<testsuites skipped="0" '],
      [/<testsuite name="refusal"/, '<testsuite'],
      [/(<property [^>]*)\/>/, '$1>text</property>'],
      [/ time="0\.0123"/, ' time="1e-7"'],
    ];
    for (const [pattern, replacement] of spoilt) {
      const other = xml.replace(pattern, replacement);
      expect(other).not.toBe(xml);
      expect(await problems(other), replacement).not.toEqual([]);
    }
  });

  it('tells failures from errors, and counts both', () => {
    expect(xml).toContain('tests="10" failures="3" errors="1">');
    expect(xml.match(/<failure /g)).toHaveLength(3);
    expect(xml.match(/<error /g)).toHaveLength(1);
    expect(xml).toContain('type="stale">STALE');
  });

  it('attaches files to what failed, to nothing else, and only those it is given', async () => {
    const attached = junitReport(fixture, ['reports/x/report.md']);
    expect(await problems(attached)).toEqual([]);
    const cases = attached.match(/<testcase [\s\S]*?<\/testcase>/g) ?? [];
    const having = cases.filter((one) => one.includes('[[ATTACHMENT|reports/x/report.md]]'));
    expect(having).toHaveLength(4);
    expect(having.every((one) => /<(failure|error) /.test(one))).toBe(true);
    expect(xml).not.toContain('ATTACHMENT');
    const [first, ...rest] = fixture.cells;
    if (!first) throw new Error('the fixture has no cell');
    const sly = junitReport({ ...fixture, cells: [{ ...first, reason: '[[ATTACHMENT|/etc/passwd]]' }, ...rest] });
    expect(sly).toContain('/etc/passwd');
    expect(sly).not.toContain('[[ATTACHMENT|');
  });

  it('gives the reason of every skip', () => {
    const skips = xml.match(/<skipped[^/]*\/>/g) ?? [];
    expect(skips).toHaveLength(3);
    for (const skip of skips) expect(skip).toMatch(/message="[^"]+"/);
    expect(xml).toContain(
      `message="the host lab has no IPv6 address of the kind 'external'; enable it with: bindspec run --lab netns"`,
    );
  });

  it('lets a known deviation pass, and says what it is', () => {
    expect(xml).toContain(
      'verdict: known\nfile: suites/conflict/wildcard.ts\nreason: our kernel | carries a patch\n' +
        'deviation: client: expected ECONNREFUSED, observed ok',
    );
  });

  it('shows what no one could judge as skipped, with what was observed', () => {
    expect(xml).toContain(
      '<skipped message="recorded, not judged: no one has said what to expect on this system" type="unjudged"/>',
    );
    expect(xml).toContain('verdict: unjudged\nfile: suites/source/reply.ts\nobserved: from: external\n');
  });

  it('keeps control characters and the ends of CDATA sections, however many', () => {
    expect(xml).toContain(String.raw`a\x1b[31mred\x07 \u202ereversed\x00 \ud800 ]]&gt; | ünïcödé 日本 🦊\nnext`);
    expect(xml).toContain(' = ]]&gt; ]]&gt; ````');
    expect(xml).not.toMatch(/[^\P{C}\n]/u);
  });

  it('names the platform in every suite and class', () => {
    expect(xml.match(/<property name="platform" value="linux-6\.1-x64"\/>/g)).toHaveLength(3);
    expect(xml.match(/classname="bindspec\.linux-6\.1-x64\.(refusal|conflict|source)"/g)).toHaveLength(10);
  });
});
