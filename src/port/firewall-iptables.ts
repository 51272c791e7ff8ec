import type { Protocol } from '../model/types.ts';
import { isLocalHook } from './firewall.ts';
import type { DenyingChain, FirewallRule } from './report.ts';

/** The options of a rule that say nothing about who sends it. */
const PLAIN: ReadonlySet<string> = new Set(['-A', '-p', '-m', '--dport', '--dports', '-j', '--comment']);
const LEADS: Readonly<Record<string, string>> = {
  DNAT: '--to-destination',
  REDIRECT: '--to-ports',
  TPROXY: '--on-port',
};
const ENDS: Readonly<Record<string, FirewallRule['action']>> = { DROP: 'drops', REJECT: 'rejects', ACCEPT: 'accepts' };

/**
 * The rules for a port in the text of iptables-save or ip6tables-save, which lead elsewhere, end or accept what is sent to it.
 * @param family `ip` or `ip6`, as nft calls it
 */
export function iptablesRules(text: string, family: 'ip' | 'ip6', protocol: Protocol, port: number): FirewallRule[] {
  let table = '';
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('*')) table = line.slice(1).trim();
    if (!line.startsWith('-A ')) return [];
    const words = wordsOf(line);
    const chain = words[1] ?? '';
    if (isBuiltIn(chain) && !isLocalHook(chain)) return [];
    const found = ruleIn(words, protocol, port);
    return found === undefined ? [] : [{ chain: `${family} ${table} ${chain}`, ...found }];
  });
}

/** Whether the chain INPUT of such a text ends what no rule of it accepts: by its policy, or by a last rule without conditions. */
export function iptablesDenies(text: string, family: 'ip' | 'ip6'): DenyingChain[] {
  const filter = /^\*filter$([\s\S]*?)^COMMIT$/m.exec(text)?.[1] ?? '';
  const last = filter.match(/^-A INPUT .*$/gm)?.at(-1) ?? '';
  const isDenied = /^:INPUT DROP /m.test(filter) || /^-A INPUT -j (DROP|REJECT)\b/.test(last);
  return isDenied ? [{ family, chain: `${family} filter INPUT` }] : [];
}

function isBuiltIn(chain: string): boolean {
  return /^(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/.test(chain);
}

function ruleIn(words: readonly string[], protocol: Protocol, port: number): Omit<FirewallRule, 'chain'> | undefined {
  const after = (option: string) => {
    const place = words.indexOf(option);
    return place < 0 ? undefined : { value: words[place + 1] ?? '', isOther: words[place - 1] === '!' };
  };
  const own = after('-p');
  if (own !== undefined && (own.value === protocol || own.value === 'all') === own.isOther) return undefined;
  const ports = after('--dport') ?? after('--dports');
  if (ports === undefined || isIn(ports.value, port) === ports.isOther) return undefined;
  const target = after('-j')?.value ?? '';
  const text = `${protocol} dport ${port} ${target}`;
  const leads = LEADS[target];
  const options = words.filter((word) => /^--?[a-z]/i.test(word));
  const conditional = options.some((word) => !PLAIN.has(word) && word !== leads && !word.startsWith('--reject-with'));
  const end = ENDS[target];
  if (end !== undefined) return { text, action: end, conditional };
  if (leads === undefined) return undefined;
  const value = after(leads)?.value ?? '';
  const to = value.includes('.') || value.includes(':') ? value : `:${value}`;
  return { text: `${text} to ${to}`, action: 'leads elsewhere', to, conditional };
}

/** `80`, `80:90`, `80,443:445`. */
function isIn(text: string, port: number): boolean {
  return text.split(',').some((part) => {
    const [from = Number.NaN, to = from] = part.split(':').map(Number);
    return from <= port && port <= to;
  });
}

/** The words of a line, in which a comment stands between quotes. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
