import { models, type Model } from '../model/index.ts';
import { OPTIONS, OPTION_KEYS } from '../model/options.ts';
import type { Rule } from '../model/rules.ts';
import type { NextSocket, Options, Outcome, PresentSocket, Protocol, SystemName } from '../model/types.ts';
import { code, table } from './markup.ts';
import { howKnown } from './words.ts';

/** The options of one socket, and the letters by which the tables know them. */
interface Column {
  readonly letters: string;
  readonly options: Options;
}

const UNIX: readonly Column[] = [
  { letters: '-', options: {} },
  { letters: 'A', options: { reuseaddr: true } },
  { letters: 'P', options: { reuseport: true } },
  { letters: 'AP', options: { reuseaddr: true, reuseport: true } },
];

const BALANCED: Column = { letters: 'L', options: { reuseportLb: true } };

const WINSOCK: readonly Column[] = [
  { letters: '-', options: {} },
  { letters: 'A', options: { reuseaddr: true } },
  { letters: 'E', options: { exclusive: true } },
];

const PLACES = [
  { letter: 'W', address: '0.0.0.0' },
  { letter: 'S', address: '127.0.0.1' },
] as const;

const NAMES: readonly { readonly name: string; readonly socket: Pick<NextSocket, 'family' | 'address' | 'v6only'> }[] =
  [
    { name: '0.0.0.0', socket: { family: 'inet', address: '0.0.0.0' } },
    { name: '127.0.0.1', socket: { family: 'inet', address: '127.0.0.1' } },
    { name: ':: v6only', socket: { family: 'inet6', address: '::', v6only: true } },
    { name: ':: dual', socket: { family: 'inet6', address: '::', v6only: false } },
    { name: '::1', socket: { family: 'inet6', address: '::1' } },
    { name: '::ffff:0.0.0.0', socket: { family: 'inet6', address: '::ffff:0.0.0.0', v6only: false } },
    { name: '::ffff:127.0.0.1', socket: { family: 'inet6', address: '::ffff:127.0.0.1', v6only: false } },
  ];

const PORT = 8080;
const UID = 1000;
const OTHER_UID = 1001;

/** What every page begins with, so that no one changes it by hand. */
const GENERATED = '<!-- Written by `npm run pages` from the model; a test fails when it is out of date. -->';

/** The page of one system's model, in Markdown. */
export function modelPage(system: SystemName): string {
  const model = models[system];
  return `${[
    GENERATED,
    `# ${text(model.title)}`,
    text(model.summary),
    `A new IPv6 socket has IPV6_V6ONLY=${model.v6onlyByDefault ? 1 : 0}. Options that decide conflicts here: ${optionsOf(system)}.`,
    '## Wildcard and address, by options',
    legend(system),
    ...squares(model),
    '## Names of both families, without options',
    'First sockets down, second ones across; the first socket is bound and has the same owner. TCP and UDP are alike unless there are two tables.',
    ...byProtocol((protocol) => familyTable(model, protocol)),
    '## Rules',
    ...model.rules.map(ruleText),
    '## Who receives',
    'The rules by which a datagram or a connection finds its socket, once several are bound.',
    ...model.receiveRules.map(ruleText),
  ].join('\n\n')}\n`;
}

/** The page that names all models, with their summaries. */
export function modelIndex(): string {
  const all = Object.values(models);
  return `${[
    GENERATED,
    '# The models',
    'Each system has a model: a set of rules that says what the next bind (and listen) returns, given the sockets that are there. These pages are written from the models themselves. [Asking the models from a program](../models-api.md) says how to put such questions by oneself.',
    ...all.map((model) => `- [${text(model.title)}](${model.name}.md): ${text(model.summary)}`),
    '## How the rules are known',
    table(
      ['system', 'rules', ...KNOWN, 'not verified'],
      all.map(({ title, name, rules }) => [
        `[${text(title)}](${name}.md)`,
        String(rules.length),
        ...KNOWN.map((known) => String(count(rules, (rule) => rule.known === known && rule.unverified !== true))),
        String(count(rules, (rule) => rule.unverified === true)),
      ]),
    ),
  ].join('\n\n')}\n`;
}

const KNOWN = ['observed', 'source-run', 'source', 'vendor', 'test-suite', 'reported'] as const;

function count(rules: readonly Rule[], which: (rule: Rule) => boolean): number {
  return rules.filter(which).length;
}

/** What the columns of the tables are: the options that the system has. */
function columnsOf(system: SystemName): readonly Column[] {
  if (OPTIONS.exclusive.systems.includes(system)) return WINSOCK;
  return OPTIONS.reuseportLb.systems.includes(system) ? [...UNIX, BALANCED] : UNIX;
}

function optionsOf(system: SystemName): string {
  return OPTION_KEYS.filter((key) => OPTIONS[key].systems.includes(system))
    .map((key) => OPTIONS[key].name)
    .join(', ');
}

function legend(system: SystemName): string {
  const isWindows = columnsOf(system) === WINSOCK;
  const balanced = columnsOf(system).includes(BALANCED) ? ', `L` SO_REUSEPORT_LB' : '';
  const more = isWindows ? ', `E` SO_EXCLUSIVEADDRUSE' : `, \`P\` SO_REUSEPORT, \`AP\` both${balanced}`;
  const denied = isWindows ? '`X` WSAEADDRINUSE, `D` WSAEACCES' : '`X` EADDRINUSE';
  return `First sockets down, second ones across. \`W\` is 0.0.0.0 and \`S\` 127.0.0.1; \`-\` no option, \`A\` SO_REUSEADDR${more}. A cell is what the second socket gets: \`ok\`, ${denied}; two of them where the model allows both; \`ok, listen X\` where bind succeeds and listen is refused. Both owners are ordinary users.`;
}

/** The square tables; those that are the same are shown once. */
function squares(model: Model): string[] {
  const found = new Map<string, string[]>();
  for (const [title, first] of FIRSTS) {
    for (const [owner, uid] of [
      ['same owner', UID],
      ['another owner', OTHER_UID],
    ] as const) {
      const drawn = squareTable(model, first, uid);
      found.set(drawn, [...(found.get(drawn) ?? []), `${title}, ${owner}`]);
    }
  }
  return [...found].flatMap(([drawn, titles]) => [`### ${titles.join('; ')}`, drawn]);
}

const FIRSTS: readonly (readonly [string, Pick<PresentSocket, 'protocol' | 'state'>])[] = [
  ['UDP', { protocol: 'udp', state: 'bound' }],
  ['TCP, first bound', { protocol: 'tcp', state: 'bound' }],
  ['TCP, first listening', { protocol: 'tcp', state: 'listening' }],
];

function squareTable(model: Model, first: Pick<PresentSocket, 'protocol' | 'state'>, uid: number): string {
  const sockets = PLACES.flatMap(({ letter, address }) =>
    columnsOf(model.name).map(({ letters, options }) => ({ name: `${letter} ${letters}`, address, options })),
  );
  return square(
    sockets.map(({ name }) => name),
    (row, column) => {
      const [one, two] = [sockets[row], sockets[column]];
      if (one === undefined || two === undefined) return '';
      const base = { family: 'inet', port: PORT } as const;
      const present: PresentSocket = { ...base, ...first, address: one.address, options: one.options, uid };
      const { protocol } = first;
      return cell(model, present, { ...base, protocol, address: two.address, options: two.options, uid: UID });
    },
  );
}

function familyTable(model: Model, protocol: Protocol): string {
  return square(
    NAMES.map(({ name }) => name),
    (row, column) => {
      const [one, two] = [NAMES[row], NAMES[column]];
      if (one === undefined || two === undefined) return '';
      const base = { protocol, port: PORT, uid: UID };
      return cell(model, { ...base, ...one.socket, state: 'bound' }, { ...base, ...two.socket });
    },
  );
}

/** A table for each protocol, or one where they are the same. */
function byProtocol(make: (protocol: Protocol) => string): string[] {
  const [udp, tcp] = [make('udp'), make('tcp')];
  return udp === tcp ? [udp] : ['### UDP', udp, '### TCP', tcp];
}

function square(names: readonly string[], at: (row: number, column: number) => string): string {
  return table(
    [String.raw`first \\ second`, ...names.map(code)],
    names.map((name, row) => [code(name), ...names.map((_, column) => at(row, column))]),
  );
}

function cell(model: Model, present: PresentSocket, next: NextSocket): string {
  const { bind, listen, refused } = model.predict([present], { ...next, privileged: true });
  if (refused.length > 0) return 'no such first';
  const bound = bind.outcomes.map(short).join(' or ');
  if (listen === undefined || listen.outcomes.join() === 'ok') return bound;
  return `${bound}, listen ${listen.outcomes.map(short).join(' or ')}`;
}

function short(outcome: Outcome): string {
  if (outcome === 'EADDRINUSE' || outcome === 'WSAEADDRINUSE') return 'X';
  return outcome === 'WSAEACCES' ? 'D' : outcome;
}

/** The models' own prose, in which an underscore within a word is not markup. */
function text(prose: string): string {
  return prose.replaceAll(/[\\`*<[\]|]/g, String.raw`\$&`);
}

function ruleText({ id, prose, source, known, unverified }: Rule): string {
  const how = unverified === true ? `**not verified** (${howKnown(known)})` : howKnown(known);
  return [`### ${code(id)}`, text(prose), `${text(source.name)}: ${text(source.where)}; ${how}.`].join('\n\n');
}
