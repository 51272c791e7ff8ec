import type { PortReport, Try, Verification, Viewpoint } from '../record/verification.ts';
import { addressWithPort } from '../published/publication.ts';
import { columns, paint, say } from './terminal.ts';
import { wrap } from '../text/wrap.ts';

/** Lines longer than this are hard to read, however wide the terminal. */
const WIDEST = 120;
const INDENT = 4;
/** The column where a port's details begin, after their heading. */
const COLUMN = 16;

const FROM: Readonly<Record<Viewpoint, string>> = {
  inside: 'from inside',
  host: 'from the host',
  neighbour: 'a neighbour',
};

/** Prints what was found out, a paragraph for each port. */
export function tellVerification({ target, ports, host }: Verification): void {
  const { engine, network } = target;
  const by =
    engine === undefined ? target.kind : `${engine.rootless ? 'rootless ' : ''}${engine.name} ${engine.version}`;
  const mode = target.hostNetwork
    ? 'on the network of the host'
    : network === undefined
      ? undefined
      : `network ${network}`;
  const where = target.hostNetwork ? undefined : target.addresses.join(', ') || 'no address';
  const facts = [by, mode, where].filter((fact) => fact !== undefined);
  say(`${paint('bold', target.name)}  ${paint('gray', facts.join(' · '))}`);
  if (host.localhost.length > 0) say(paint('gray', `localhost on this host is ${host.localhost.join(', then ')}`));
  for (const port of ports) tellPort(port);
  const bad = ports.filter(({ verdict }) => verdict === 'wrong').length;
  if (ports.length === 0) say('\nnothing listens inside, and nothing is published');
  else if (bad === 0)
    say(
      `\n${paint('green', `✓ nothing is wrong with ${ports.length === 1 ? 'the port' : `the ${ports.length} ports`}`)}`,
    );
  else
    say(
      `\n${paint('red', `✗ something is wrong with ${bad} of ${ports.length} ${ports.length === 1 ? 'port' : 'ports'}`)}`,
    );
}

function tellPort(port: PortReport): void {
  const sign = port.verdict === 'wrong' ? paint('red', '✗') : paint('green', '✓');
  say(`\n${sign} ${paint('bold', `${port.protocol} ${port.port}`)}`);
  const listeners = port.listeners.map(({ address, dual, program, pid }) => {
    const family = dual === undefined ? '' : dual ? ' with IPv4' : ' without IPv4';
    return `${addressWithPort(address, port.port)}${family}${program === undefined ? '' : ` (${program} ${pid})`}`;
  });
  row('listens on', listeners.join(', ') || 'nothing');
  if (port.published.length > 0) {
    row('published at', port.published.map((place) => addressWithPort(place.address, place.port)).join(', '));
  }
  for (const from of ['inside', 'host', 'neighbour'] as const) {
    const tries = port.tries.filter((one) => one.from === from);
    if (tries.length > 0) row(FROM[from], tries.map(tryInWords).join(', '));
  }
  for (const { severity, text } of port.findings) {
    const lines = wrap(`${text[0]?.toUpperCase()}${text.slice(1)}.`, room() - INDENT);
    for (const line of lines) say(`${' '.repeat(INDENT)}${severity === 'wrong' ? paint('red', line) : line}`);
  }
}

function tryInWords({ address, port, outcome, by, holder }: Try): string {
  const more = [by === undefined ? [] : `by ${by}`, holder === undefined ? [] : `by ${holder} of the host`].flat();
  return `${addressWithPort(address, port)} ${outcome}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
}

function row(title: string, text: string): void {
  const [first = '', ...others] = wrap(text, room() - INDENT - COLUMN);
  say(`${' '.repeat(INDENT)}${paint('gray', title.padEnd(COLUMN))}${first}`);
  for (const line of others) say(`${' '.repeat(INDENT + COLUMN)}${line}`);
}

function room(): number {
  return Math.min(columns(), WIDEST);
}
