import { describe, expect, it } from 'vitest';
import { BadKnownList, parseKnownList } from '../../../src/verdict/known.ts';
import { anExperiment, cells } from '../../support/trials.ts';

const axes = { protocol: ['udp', 'tcp'] } as const;
const nothing = { run: async () => ({}), expect: null as never };
const all = [
  ...cells('bind/twice', anExperiment({ ...nothing, axes, tags: ['conflict'] })),
  ...cells('tcp/listen', anExperiment(nothing)),
];
const parse = (content: string, platform = 'linux-6.18-x64') => parseKnownList(content, 'known.txt', platform, all);

describe('a list of known deviations', () => {
  it('has a selector, a platform if need be, and a reason on each line', () => {
    const list = parse(
      [
        '# what we know of',
        '',
        '  bind/twice/protocol:udp   # the firewall # of the office  ',
        'conflict @linux-* # a kernel bug',
        'tcp/* @darwin-24.1-arm64 # not ours',
        '   # indented',
        'tcp/listen @linux-6.18-x64 # this very platform',
        '',
      ].join('\r\n'),
    );
    expect(list.map(({ pattern, reason, line }) => [pattern, reason, line])).toEqual([
      ['bind/twice/protocol:udp', 'the firewall # of the office', 3],
      ['conflict', 'a kernel bug', 4],
      ['tcp/listen', 'this very platform', 7],
    ]);
    expect(list.map(({ matches }) => all.filter(matches).map(({ id }) => id))).toEqual([
      ['bind/twice/protocol:udp'],
      ['bind/twice/protocol:udp', 'bind/twice/protocol:tcp'],
      ['tcp/listen'],
    ]);
  });

  it('is empty when nothing is in it', () => {
    expect(parse('')).toEqual([]);
    expect(parse('# nothing\n\n\uFEFF\n')).toEqual([]);
    expect(parse('\uFEFF# written by an editor of Windows\ntcp/listen # so\n')).toMatchObject([{ line: 2 }]);
  });

  it.each([
    ['linux-*', true],
    ['*', true],
    ['*-x64', true],
    ['linux-6.18-x64', true],
    ['linux', false],
    ['linux-6-18-x64', false],
    ['linux-6x18-x64', false],
    ['darwin-*', false],
    ['Linux-*', false],
  ])('for the platform %s', (pattern, mine) => {
    expect(parse(`tcp/listen @${pattern} # so`)).toHaveLength(mine ? 1 : 0);
  });

  it.each([
    ['tcp/listen', "known.txt:3: not 'SELECTOR [@PLATFORM] # REASON': tcp/listen; every entry needs its reason"],
    ['tcp/listen #', "known.txt:3: not 'SELECTOR [@PLATFORM] # REASON': tcp/listen #; every entry needs its reason"],
    ['tcp/listen #   ', "known.txt:3: not 'SELECTOR [@PLATFORM] # REASON': tcp/listen #; every entry needs its reason"],
    ['tcp/listen # ', 'every entry needs its reason'],
    ['tcp listen # so', "known.txt:3: not 'SELECTOR [@PLATFORM] # REASON': tcp listen # so"],
    ['tcp/listen linux-* # so', "known.txt:3: not 'SELECTOR"],
    ['udp/listen # so', "known.txt:3: unknown selector 'udp/listen'"],
    // Lines for other platforms are checked too.
    ['udp/listen @darwin-* # so', "known.txt:3: unknown selector 'udp/listen'"],
  ])('is refused for %j', (line, message) => {
    const content = `# first\ntcp/listen # fine\n${line}\n`;
    expect(() => parse(content)).toThrow(BadKnownList);
    expect(() => parse(content)).toThrow(message);
  });
});
