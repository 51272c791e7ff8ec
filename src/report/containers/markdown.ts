import { firewallLines } from './firewall.ts';
import { isBroken } from '../../containers/promises.ts';
import { outcomeInWords } from '../../containers/reading.ts';
import type { ConfigurationRecord, ContainersRecord } from '../../record/containers.ts';
import { code, details, table as markdownTable, text } from '../markup.ts';
import { bindGrid, SIGN_KEY, publishedGrid, sourcesOf, wrongAddresses } from './grid.ts';
import { timeFindings } from '../../containers/time.ts';
import { nameGrid, portGrid } from './ports.ts';
import { stayGrid, timeGrid } from './time.ts';
import { exposuresOf, securityCounts } from './words.ts';
import { holdersInWords } from '../../containers/holders.ts';

/** The page of one engine's record. */
export function containersMarkdown(record: ContainersRecord): string {
  const { engine, platform, configurations } = record;
  const lines = [
    `# ${text(`${engine.name} ${engine.version} on ${platform.system} ${platform.release} (${platform.architecture})`)}`,
    '',
    `Recorded by \`bindspec containers\` ${text(record.bindspec)} on ${text(record.started.slice(0, 10))}. Each configuration had an`,
    'engine, hosts and networks of its own.',
    '',
    '## Servers that can be reached but should not be',
    '',
    ...security(record),
    '## What documents promise',
    '',
    ...promises(record),
    ...timeSection(record),
    ...configurations.flatMap((one) => section(one, record)),
  ];
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

function security(record: ContainersRecord): string[] {
  const exposures = exposuresOf(record);
  const list = exposures.map(({ configuration, says, how, reference, known }) => {
    const more = [reference, known === undefined ? undefined : `known: ${known}`].filter((one) => one !== undefined);
    return `- **exposed** ${code(configuration)}: ${text([`${says} (${how})`, ...more].join('; '))}`;
  });
  const counts = record.configurations.flatMap(({ id }) => {
    const { exposed, contained } = securityCounts(record, id);
    return exposed + contained === 0 ? [] : [[code(id), String(exposed), String(contained)]];
  });
  return [
    ...(list.length === 0 ? ['None: every way in that was tried is closed.'] : list),
    '',
    markdownTable(['configuration', 'exposed', 'contained'], counts),
    '',
  ];
}

function promises({ promises: list }: ContainersRecord): string[] {
  const rows = list.map(({ configuration, says, source, held, broken }) => [
    code(configuration),
    text(says),
    !isBroken({ broken }) ? `kept (${held})` : `**broken** (${broken.length} of ${held + broken.length})`,
    text(source),
  ]);
  const broken = list.flatMap((one) => one.broken.map((what) => `- ${code(one.id)}: ${text(what)}`));
  return [markdownTable(['configuration', 'promise', 'kept', 'source'], rows), '', ...broken, ''];
}

/** What clients lose when a container or its engine restarts. */
function timeSection({ configurations, engine }: ContainersRecord): string[] {
  if (!configurations.some(({ time }) => time !== undefined)) return [];
  const found = configurations.flatMap((one) => timeFindings(one, engine));
  const lines = found.map(
    ({ configuration, says, reference }) =>
      `- ${code(configuration)}: ${text([says, reference ?? 'none known'].join('; '))}`,
  );
  return ['## What is lost over time', '', ...(lines.length === 0 ? ['Nothing.'] : lines), ''];
}

/** The answers of a configuration whose containers and engine were restarted. */
function overTime(configuration: ConfigurationRecord): string[] {
  const [clients, stays] = [timeGrid(configuration), stayGrid(configuration)];
  return [
    'The result of each client after each event:',
    '',
    ...table(clients.head, clients.rows),
    '',
    'What the host had of the published ports:',
    '',
    ...table(stays.head, stays.rows),
    '',
  ];
}

/** What an engine does with numbers of ports, and what names are in its containers. */
function numbersOfPorts(configuration: ConfigurationRecord): string[] {
  const [ports, names] = [portGrid(configuration), nameGrid(configuration)];
  const ordinary = configuration.ports?.ordinary ?? [];
  return [
    ...ordinary.map(
      ({ protocol, port, outcome }) =>
        `An ordinary user in the container binds ${protocol} port ${port}: ${text(outcome)}.`,
    ),
    '',
    ...table(ports.head, ports.rows),
    '',
    ...(names.rows.length === 0 ? [] : ['What names are in a container:', '', ...table(names.head, names.rows), '']),
  ];
}

function section(configuration: ConfigurationRecord, { configurations, engine }: ContainersRecord): string[] {
  const { id, title, skipped, error, facts, refusals } = configuration;
  const head = [`## ${code(id)}`, '', `${text(title)}.`, ''];
  if (skipped) return [...head, `Skipped: ${text(skipped.reason)}.`, ''];
  if (error !== undefined) return [...head, `Not finished: ${text(error)}.`, ''];
  const about = [...head, ...Object.entries(facts).map(([name, value]) => `- ${text(name)}: ${code(value)}`), ''];
  if (configuration.time !== undefined) {
    const refused = Object.entries(refusals).map(
      ([event, why]) => `The engine failed at ${text(event)}: ${text(why)}.`,
    );
    return [...about, ...refused, '', ...overTime(configuration)];
  }
  if (configuration.ports !== undefined) return [...about, ...numbersOfPorts(configuration)];
  if (configuration.firewall !== undefined)
    return [...about, ...firewallLines(configuration, configurations, engine.name)];
  const [published, binds] = [publishedGrid(configuration), bindGrid(configuration)];
  return [
    ...about,
    ...Object.entries(refusals).map(([where, why]) => `The engine does not publish on ${text(where)}: ${text(why)}.`),
    '',
    'From where a server that binds every address is reached, by where its port is published; TCP, then UDP from a',
    `connected socket: ${SIGN_KEY}.`,
    '',
    ...table(published.head, published.rows),
    '',
    'The same for a port that is published on every address, by what the server binds:',
    '',
    ...table(binds.head, binds.rows),
    '',
    ...listed("The clients' addresses, as the server sees them (TCP):", sourcesOf(configuration)),
    ...listed('Answers over UDP that come from another address than the one asked:', wrongAddresses(configuration)),
    ...holders(configuration),
    ...conflicts(configuration),
    ...hostServices(configuration),
    ...everything(configuration),
  ];
}

function listed(title: string, list: readonly string[]): string[] {
  return list.length === 0 ? [] : [title, '', ...list.map((one) => `- ${text(one)}`), ''];
}

function holders({ holders: list }: ConfigurationRecord): string[] {
  if (list.length === 0) return [];
  const rows = list.map(({ published, protocol, listeners }) => [published, protocol, holdersInWords(listeners)]);
  return ["Who holds the host's port:", '', ...table(['published on', 'protocol', 'held by'], rows), ''];
}

function conflicts({ conflicts: list }: ConfigurationRecord): string[] {
  if (list.length === 0) return [];
  const rows = list.map(({ first, protocol, published, bind, outcome, answers }) => [
    protocol,
    published,
    bind,
    first,
    answers === undefined ? outcome : `${outcome}: ${answers} answers`,
  ]);
  const head = ['protocol', 'published on', "the host's socket", 'who is first', 'the second'];
  return ["A published port and a socket of the host's own:", '', ...table(head, rows), ''];
}

/** The host's own servers as a container reaches them: a row for each, a column for each address or name. */
function hostServices({ hostServices: list = [] }: ConfigurationRecord): string[] {
  if (list.length === 0) return [];
  const targets = [...new Set(list.map(({ target }) => target))];
  const servers = [...new Set(list.map(({ protocol, bind }) => `${protocol} ${bind}`))];
  const rows = servers.map((server) => [
    server,
    ...targets.map((target) => {
      const one = list.find((each) => `${each.protocol} ${each.bind}` === server && each.target === target);
      if (one === undefined) return '';
      return one.seen === undefined ? one.outcome : `${one.outcome}, seen as ${one.seen}`;
    }),
  ]);
  return [
    "The host's own servers, asked for from a container:",
    '',
    ...table(['server on the host', ...targets], rows),
    '',
  ];
}

/** Every outcome, folded away: one table for each place of publishing. */
function everything({ rows, asks, outcomes }: ConfigurationRecord): string[] {
  const published = [...new Set(rows.map((row) => row.published))];
  const tables = published.flatMap((one) => {
    const own = rows.filter((row) => row.published === one);
    const used = asks.flatMap((_, column) => (own.some((row) => row.outcomes[column] !== null) ? [column] : []));
    const head = [`published on ${one}`, ...used.map((column) => `${asks[column]?.asker} by ${asks[column]?.target}`)];
    const cells = own.map((row) => [
      `${row.socket} ${row.bind}`,
      ...used.map((column) => {
        const outcome = outcomes[row.outcomes[column] ?? -1];
        return outcome === undefined ? '' : outcomeInWords(outcome);
      }),
    ]);
    return [...table(head, cells), ''];
  });
  return [details('Every outcome', tables.join('\n').trimEnd()), ''];
}

/** A table of plain texts as lines; those that are Markdown already are made by `security` and `promises`. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return markdownTable(
    head.map(text),
    rows.map((row) => row.map(text)),
  ).split('\n');
}
