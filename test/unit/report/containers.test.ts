import { describe, expect, it } from 'vitest';
import { bindGrid, publishedGrid, sourcesOf, wrongAddresses } from '../../../src/report/containers/grid.ts';
import { containersMarkdown } from '../../../src/report/containers/markdown.ts';
import { exposuresOf, securityCounts } from '../../../src/report/containers/words.ts';
import type { SecurityRecord } from '../../../src/record/containers.ts';
import { securityOf } from '../../../src/containers/security.ts';
import { promisesOf } from '../../../src/containers/promises.ts';
import { configurationRecord, containersRecord } from '../../support/containers.ts';

const ENGINE = { name: 'docker', version: '20.10.24' } as const;
const bridge = configurationRecord(
  {
    id: 'docker/proxy',
    mode: 'bridge',
    title: 'a bridge',
    refusals: { lan6: 'docker run: <no> | IPv6' },
    conflicts: [
      { first: 'host', protocol: 'tcp', published: 'every', bind: '127.0.0.1', outcome: 'ok', answers: 'the host' },
    ],
    holders: [{ published: 'every', protocol: 'tcp', listeners: [] }],
  },
  [
    {
      published: 'every',
      bind: '::',
      socket: 'tcp',
      came: { 'host ::1': 'refused', 'host 127.0.0.1': { outcome: 'answered', seen: 'the gateway' } },
    },
    { published: 'every', bind: '::', socket: 'udp', came: { 'host 127.0.0.1': 'silence' } },
    {
      published: 'every',
      bind: '::',
      socket: 'udp unconnected',
      came: { 'host 127.0.0.1': { outcome: 'answered', from: 'the gateway' } },
    },
    {
      published: 'every',
      bind: '127.0.0.1',
      socket: 'tcp',
      came: { 'host ::1': 'closed', 'host 127.0.0.1': 'EACCES' },
    },
    {
      published: 'every',
      bind: '0.0.0.0',
      socket: 'udp unconnected',
      came: { 'peer lan': { outcome: 'answered', from: 'the gateway' } },
    },
    {
      published: '127.0.0.1',
      bind: '::',
      socket: 'tcp',
      came: { 'attacker 127.0.0.1': 'answered', 'host 127.0.0.1': 'silence' },
    },
  ],
);

describe('tables', () => {
  it('have a sign for TCP and one for UDP, and know localhost and answers from elsewhere', () => {
    const { head, rows } = publishedGrid(bridge);
    expect(head).toEqual(['a server on ::', 'every', '127.0.0.1']);
    expect(rows).toContainEqual(['host by localhost', '✓≠', '· ']);
    expect(rows).toContainEqual(['host by ::1', '✗ ', '']);
    expect(rows).toContainEqual(['attacker by 127.0.0.1', '', '✓ ']);
  });

  it('tell a refusal, an accepted connection that is closed, and other errors apart', () => {
    const { head, rows } = bindGrid(bridge);
    expect(head.slice(1)).toEqual(['0.0.0.0', '127.0.0.1', '::']);
    expect(rows.find(([from]) => from === 'host by ::1')?.[2]).toBe('~ ');
    expect(rows.find(([from]) => from === 'host by 127.0.0.1')?.[2]).toBe('! ');
  });
});

describe('the rest of the report', () => {
  it('is how askers are seen, and answers from another address', () => {
    expect(sourcesOf(bridge)).toEqual(['host by 127.0.0.1: as the gateway']);
    expect(wrongAddresses(bridge)).toEqual(['peer by lan: answered, from the gateway']);
  });
});

describe('the page', () => {
  const record = containersRecord([bridge], {
    security: securityOf(bridge, ENGINE),
    promises: promisesOf(bridge, ENGINE),
  });

  it('begins with what is exposed, once for what is one thing', () => {
    expect(exposuresOf(record)).toMatchObject([{ configuration: 'docker/proxy', how: 'tcp by 127.0.0.1' }]);
    const page = containersMarkdown(record);
    expect(page.indexOf('**exposed**')).toBeGreaterThan(0);
    expect(page.indexOf('**exposed**')).toBeLessThan(page.indexOf('## What documents promise'));
    expect(page).toContain('moby/moby\\#45610');
  });

  it('is Markdown whatever an engine complained about', () => {
    const page = containersMarkdown(record);
    expect(page).not.toContain('<no>');
    expect(page).toContain('&lt;no&gt;');
    const rows = page.split('\n').filter((line) => line.startsWith('| docker'));
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(rows[0]?.split(/(?<!\\)\|/).length ?? 0);
  });

  it('says that nothing is exposed where nothing is', () => {
    expect(containersMarkdown(containersRecord([]))).toContain('None: every way in that was tried is closed.');
  });
});

it('exposed and contained ways in are counted apart, for one configuration', () => {
  const security = [
    { ...securityOf(bridge, ENGINE)[0], configuration: 'docker/proxy', verdict: 'exposed' },
    { ...securityOf(bridge, ENGINE)[0], configuration: 'docker/proxy', verdict: 'contained' },
    { ...securityOf(bridge, ENGINE)[0], configuration: 'docker/proxy', verdict: 'contained' },
    { ...securityOf(bridge, ENGINE)[0], configuration: 'docker/host', verdict: 'contained' },
  ] as SecurityRecord[];
  expect(securityCounts(containersRecord([bridge], { security }), 'docker/proxy')).toEqual({
    exposed: 1,
    contained: 2,
  });
});
