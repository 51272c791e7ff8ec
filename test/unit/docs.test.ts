import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CLAIMS } from '../../src/documents/claims.ts';
import { cellsOf, type Registered } from '../../src/experiment/cells.ts';
import { loadRegistry } from '../../src/experiment/registry.ts';
import { select } from '../../src/experiment/selection.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/messages.ts';
import { parseKnownVerdicts } from '../../src/containers/known.ts';
import { parseKnownList } from '../../src/verdict/known.ts';
import { bindspec } from '../support/cli.ts';
import { brokenLinks, code, example, page, pages, ROOT, rows, section, type Page } from '../support/docs.ts';

const COMMANDS = [
  'run',
  'list',
  'show',
  'report',
  'diff',
  'doctor',
  'matrix',
  'explore',
  'explain',
  'containers',
  'verify',
  'port',
  'stack list',
  'stack prepare',
  'program',
  'programs',
] as const;
type Command = (typeof COMMANDS)[number];

const all = pages();
const written = example();
let registry: Registered[];
/** The options in each command's help: the name, and whether it takes a value. */
let options: Record<Command, Map<string, boolean>>;

beforeAll(async () => {
  registry = await loadRegistry();
  const help = await Promise.all(COMMANDS.map((command) => bindspec([...command.split(' '), '--help'])));
  options = Object.fromEntries(
    COMMANDS.map((command, index) => [command, optionsIn(help[index]?.stdout ?? '')]),
  ) as typeof options;
});

function optionsIn(help: string): Map<string, boolean> {
  return new Map(
    [...help.matchAll(/^ +(?:-\w, )?(--[\w-]+)( <\w+>)?/gm)].map(([, name, value]) => [
      name ?? '',
      value !== undefined,
    ]),
  );
}

describe('links', () => {
  test.each(all)('of $file lead somewhere', (doc) => {
    expect(brokenLinks(doc)).toEqual([]);
  });

  test('lead from the README to the index, and from there to every guide', () => {
    expect(page('README.md').prose).toContain('](docs/README.md)');
    const index = page('docs/README.md').prose;
    const guides = readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(guides.filter((name) => !index.includes(`](${name})`))).toEqual([]);
  });
});

interface Call {
  command: string;
  words: string[];
}

/** Every call of the command that is set as code. */
function callsIn(doc: Page): Call[] {
  return code(doc).flatMap((line) => {
    const calls = [
      // A call in quotes, as in messages, ends at the closing quote.
      ...[...line.matchAll(/(['"]?)\bbindspec ((?:stack )?[a-z]+)(?![\w.])([^#|;&]*)/g)].map(
        ([, quote = '', command = '', rest = '']) => ({
          command,
          rest: quote === '' ? rest : (rest.split(quote)[0] ?? ''),
        }),
      ),
      ...[...line.matchAll(/\bnpm start -- ([^#|;&]*)/g)].map(([, rest = '']) => ({ command: 'run', rest })),
    ];
    return calls.map(({ command, rest }) => ({ command, words: wordsOf(rest) }));
  });
}

function wordsOf(text: string): string[] {
  const words = text.split(/\s+/).map((word) => word.replaceAll(/^['"]|['"]$/g, ''));
  return words.filter((word) => word !== '');
}

/** The words of a call that are not options, values of options, or words that the reader has to fill in. */
function selectorsOf({ command, words }: Call): string[] {
  const taking = options[command as Command];
  return words.filter(
    (word, index) =>
      !word.startsWith('-') &&
      taking.get(words[index - 1] ?? '') !== true &&
      !/^([A-Z]+|\[.*\]|<.*>)$/.test(word) &&
      word !== written.id,
  );
}

describe.each(all)('$file', (doc) => {
  test('names only commands and options that are there', () => {
    for (const { command, words } of callsIn(doc)) {
      expect(COMMANDS, `bindspec ${command}`).toContain(command);
      // What follows `--` is of the program that is named there.
      const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
      for (const word of own.filter((one) => one.startsWith('--'))) {
        expect([...options[command as Command].keys()], `bindspec ${command} ${word}`).toContain(word.split('=')[0]);
      }
    }
  });

  test('selects only what there is', () => {
    for (const call of callsIn(doc).filter(({ command }) => ['run', 'list', 'show'].includes(command))) {
      const selectors = selectorsOf(call);
      expect(() => select(registry, selectors), `bindspec ${call.command} ${selectors.join(' ')}`).not.toThrow();
    }
  });

  test('names only experiments, cells and files that exist', () => {
    const ids = new Set(registry.flatMap((one) => [one.id, ...cellsOf(one).map(({ id }) => id)]));
    const prefixes = new Set(
      [...ids].flatMap((id) => id.split('/').map((_, end, parts) => parts.slice(0, end + 1).join('/'))),
    );
    const folders = [...new Set(registry.map(({ id }) => id.split('/')[0]))].join('|');
    const named = code(doc).flatMap((line) =>
      [...line.matchAll(new RegExp(String.raw`(?<![\w./-])(?:${folders})/[\w:./-]*[\w*]`, 'g'))].map(([id]) => id),
    );
    expect(named.filter((id) => !id.includes('*') && id !== written.id && !prefixes.has(id))).toEqual([]);
    const files = code(doc).flatMap((line) =>
      [...line.matchAll(/(?<![\w./-])(?:dist|src|suites|test|tools|bench|schemas|docs)\/[\w./-]*/g)].map(([file]) =>
        file.replace(/\.$/, ''),
      ),
    );
    expect(files.filter((file) => file !== `suites/${written.id}.ts` && !existsSync(path.join(ROOT, file)))).toEqual(
      [],
    );
  });
});

test('the table of what was found names only claims that there are', () => {
  const [head, ...found] = rows(section(page('docs/findings.md').text, "## The documents' mistakes"));
  expect(head?.[0]).toBe('Claim');
  expect(found.length).toBeGreaterThan(0);
  const ids = found.map(([id = '']) => id.replaceAll('`', ''));
  expect(ids.filter((id) => !Object.hasOwn(CLAIMS, id))).toEqual([]);
});

test('the first screen of the README is how the answer of explain begins', async () => {
  const screen = page('README.md').blocks.find(({ text }) => text.startsWith('$ npx bindspec explain '))?.text ?? '';
  const [call = '', ...shown] = screen.trimEnd().split('\n');
  const words = [...call.matchAll(/'([^']+)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const { stdout } = await bindspec(words.slice(words.indexOf('explain')));
  expect(stdout.split('\n').slice(0, shown.length)).toEqual(shown);
  expect(shown.length).toBeGreaterThan(5);
});

test('every option of run is explained where running is', () => {
  const [, ...table] = rows(section(page('docs/running.md').text, '## Options'));
  const explained = table.map(([option = '']) => /--[\w-]+/.exec(option)?.[0] ?? option);
  expect(explained.toSorted()).toEqual([...options.run.keys()].filter((name) => name !== '--help').toSorted());
});

test('the list of known deviations is one that can be used', () => {
  const list = page('docs/running.md').blocks.find(({ language }) => language === 'text')?.text ?? '';
  const cells = registry.flatMap(cellsOf);
  expect(parseKnownList(list, 'known.txt', 'linux-6.18-x64', cells)).toEqual([]);
  expect(parseKnownList(list, 'known.txt', 'darwin-25.0-arm64', cells)).toHaveLength(1);
  expect(parseKnownList(list, 'known.txt', 'windows-10.0.26100-x64', cells)).toHaveLength(1);
});

test('so is that of container engines', () => {
  const lists = page('docs/containers.md').blocks.filter(
    ({ language, text }) => language === 'text' && text.includes(' # '),
  );
  expect(lists).toHaveLength(1);
  const known = parseKnownVerdicts(lists[0]?.text ?? '', 'known.txt', 'docker-20.10-linux-6.18-x64');
  expect(known.map(({ pattern }) => pattern)).toEqual(['docker/*/loopback', 'podman/**/subnet/*/not']);
});

test('the architecture has every folder of the sources', () => {
  const layout = section(page('docs/architecture.md').text, '## The layout');
  const folders = readdirSync(path.join(ROOT, 'src')).map((name) => `\`src/${name}/\``);
  expect(folders.filter((folder) => !layout.includes(folder))).toEqual([]);
});

describe('the page of the protocol', () => {
  const messages = readFileSync(path.join(ROOT, 'src/protocol/messages.ts'), 'utf8');
  const { text } = page('docs/protocol.md');
  const plain = (cell = '') => cell.replaceAll('`', '');
  const firstColumn = (heading: string) =>
    rows(section(text, heading))
      .slice(1)
      .map(([name]) => plain(name));

  test('is of the version that is spoken', () => {
    expect(text.split('\n')[0]).toBe(`# Agent protocol, version ${PROTOCOL_VERSION}`);
  });

  test('has every operation with its fields', () => {
    const oneLine = messages.replaceAll(/\{\s+op: '[^}]*\}/g, (type) =>
      type.replaceAll(/\s+/g, ' ').replace('; }', ' }'),
    );
    const operations = [...oneLine.matchAll(/\{ op: '([\w-]+)'(.*?) \}(.*)$/gm)].map(
      ([, name, inner = '', rest = '']) => {
        const own = [...inner.matchAll(/; (\w+)(\?)?:/g)].map(([, field = '', maybe]) =>
          maybe === undefined ? field : `[${field}]`,
        );
        const more = rest.includes('& SocketName')
          ? ['address', 'port', '[scope]']
          : rest.includes('& OptionSetting')
            ? ['option', 'value']
            : [];
        return [name, [...own, ...more].toSorted()];
      },
    );
    expect(operations.length).toBeGreaterThan(20);
    const explained = rows(section(text, '## Operations').split('\n### ')[0] ?? '')
      .slice(1)
      .map(([name, fields = '']) => [
        plain(name),
        plain(fields)
          .split(', ')
          .filter((field) => field !== '')
          .toSorted(),
      ]);
    expect(explained).toEqual(operations);
  });

  test.each([
    ['Hello', '## Hello'],
    ['Request', '## Request'],
    ['Result', '### Result'],
    ['Served', '### Served requests'],
  ])('has every field of %s', (name, heading) => {
    const body = new RegExp(String.raw`^export interface ${name} \{\n([\s\S]*?)^\}`, 'm').exec(messages)?.[1] ?? '';
    const fields = [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, field]) => field);
    expect(fields.length).toBeGreaterThan(2);
    expect(firstColumn(heading)).toEqual(fields);
  });
});
