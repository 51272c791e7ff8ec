import { execa } from 'execa';
import { iptablesDenies, iptablesRules } from '../../port/firewall-iptables.ts';
import { nftDenies, nftRules } from '../../port/firewall-nft.ts';
import type { DenyingChain, Firewall, FirewallRule } from '../../port/report.ts';
import type { WantedPort } from '../../port/wanted-ports.ts';
import { paced } from '../../process/pace.ts';

/** How long a tool may take to list its rules, in milliseconds on a quiet machine. */
const DEADLINE = 5000;
/** A machine with many containers has thousands of rules. */
const MOST = 64_000_000;

interface Source {
  readonly tool: string;
  readonly words: readonly string[];
  rules(text: string, wanted: WantedPort): FirewallRule[];
  denies(text: string): DenyingChain[];
}

const SOURCES: readonly Source[] = [
  {
    tool: 'nft',
    words: ['-j', 'list', 'ruleset'],
    rules: (text, { protocol, port }) => nftRules(text, protocol, port),
    denies: nftDenies,
  },
  ...(['iptables-save', 'iptables-legacy-save'] as const).map((tool) => ofIptables(tool, 'ip')),
  ...(['ip6tables-save', 'ip6tables-legacy-save'] as const).map((tool) => ofIptables(tool, 'ip6')),
];

function ofIptables(tool: string, family: 'ip' | 'ip6'): Source {
  return {
    tool,
    words: [],
    rules: (text, { protocol, port }) => iptablesRules(text, family, protocol, port),
    denies: (text) => iptablesDenies(text, family),
  };
}

/** The rules of a machine's firewall, as its tools list them. */
export interface ReadFirewall {
  /** What it does about a port: the rules that lead elsewhere, end or accept what is sent to it. */
  of(wanted: WantedPort): Firewall;
  /** The chains that end what comes in, unless a rule of them says otherwise. */
  readonly denies: readonly DenyingChain[];
}

/**
 * Asks the tools of the firewall for their rules, once for all ports. A tool that is not installed is not missed where
 * another one is: both list the same tables of the kernel, as far as they know them.
 */
export async function readFirewall(): Promise<ReadFirewall> {
  const read = await Promise.all(SOURCES.map(async (source) => ({ source, ...(await output(source)) })));
  const unread = read.flatMap(({ source, failure }) => (failure === undefined ? [] : [`${source.tool}: ${failure}`]));
  const nothing = read.every(({ text, failure }) => text === undefined && failure === undefined);
  const each = <T>(what: (source: Source, text: string) => readonly T[]) => {
    const found: T[] = [];
    const broken: string[] = [];
    for (const { source, text } of read) {
      if (text === undefined) continue;
      try {
        found.push(...what(source, text));
      } catch {
        broken.push(`${source.tool}: its output is not what bindspec reads`);
      }
    }
    return { found, broken };
  };
  const { found: denies } = each((source, text) => source.denies(text));
  return {
    denies: [...new Map(denies.map((one) => [one.chain, one])).values()],
    of: (wanted) => {
      const { found: rules, broken } = each((source, text) => source.rules(text, wanted));
      return {
        rules: distinct(rules),
        unread: nothing ? ['no nft and no iptables-save'] : [...unread, ...broken],
      };
    },
  };
}

/** A rule that both tools list is in the result once. */
function distinct(rules: readonly FirewallRule[]): FirewallRule[] {
  return [...new Map(rules.map((rule) => [`${rule.chain} ${rule.action} ${rule.to ?? ''}`, rule])).values()];
}

/** What a tool printed, or why it failed; neither where it is not installed. */
async function output({ tool, words }: Source): Promise<{ text?: string; failure?: string }> {
  const { exitCode, stdout, stderr, code } = await execa(tool, words, {
    reject: false,
    stdin: 'ignore',
    timeout: paced(DEADLINE),
    maxBuffer: MOST,
    env: { LC_ALL: 'C', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  if (code === 'ENOENT') return {};
  if (exitCode === 0) return { text: stdout };
  const [first = ''] = stderr.trim().split('\n');
  return { failure: first === '' ? 'it failed' : first.replace(/^\w+( v[\d.]+ \(\w+\))?: /, '').slice(0, 80) };
}
