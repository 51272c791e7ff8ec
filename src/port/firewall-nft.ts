import type { Protocol } from '../model/types.ts';
import type { DenyingChain, FirewallRule } from './report.ts';
import { isLocalHook } from './firewall.ts';

/** The value of nft's JSON (libnftables-json(5)), as far as it is looked at. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

interface Rule {
  readonly chain: string;
  readonly expressions: readonly Json[];
}

/** The verdicts that end a packet, and the statements that send it elsewhere. */
const ENDS = { drop: 'drops', reject: 'rejects', accept: 'accepts' } as const;
const LEADS = ['redirect', 'dnat', 'tproxy'] as const;

/**
 * The rules for a port in the text of `nft -j list ruleset`, which lead elsewhere, end or accept what is sent to it.
 * @throws SyntaxError for a text that is not JSON
 */
export function nftRules(text: string, protocol: Protocol, port: number): FirewallRule[] {
  const entries = listIn(fieldOf(JSON.parse(text) as Json, 'nftables'));
  const sets = new Map<string, Json>();
  const hooks = new Map<string, string>();
  const rules: Rule[] = [];
  for (const entry of entries) {
    const set = fieldOf(entry, 'set') ?? fieldOf(entry, 'map');
    if (set !== undefined) sets.set(`${idOf(set)} ${textOf(fieldOf(set, 'name'))}`, fieldOf(set, 'elem') ?? []);
    const chain = fieldOf(entry, 'chain');
    const hook = fieldOf(chain, 'hook');
    if (typeof hook === 'string') hooks.set(`${idOf(chain)} ${textOf(fieldOf(chain, 'name'))}`, hook);
    const rule = fieldOf(entry, 'rule');
    if (rule !== undefined) {
      rules.push({
        chain: `${idOf(rule)} ${textOf(fieldOf(rule, 'chain'))}`,
        expressions: listIn(fieldOf(rule, 'expr')),
      });
    }
  }
  return rules.flatMap(({ chain, expressions }) => {
    const hook = hooks.get(chain);
    if (hook !== undefined && !isLocalHook(hook)) return [];
    const table = chain.split(' ').slice(0, 2).join(' ');
    const named = (name: string) => sets.get(`${table} ${name}`);
    return actionOf(expressions, protocol, port, named).map((found) => ({ chain, ...found }));
  });
}

/**
 * The chains of the hook `input`, in the text of `nft -j list ruleset`, that end what no rule of them accepts: by their policy, or by a
 * last rule without conditions. @throws SyntaxError for a text that is not JSON
 */
export function nftDenies(text: string): DenyingChain[] {
  const entries = listIn(fieldOf(JSON.parse(text) as Json, 'nftables'));
  const rules = entries.flatMap((entry) => fieldOf(entry, 'rule') ?? []);
  return entries.flatMap((entry) => {
    const chain = fieldOf(entry, 'chain');
    const family = textOf(fieldOf(chain, 'family'));
    if (fieldOf(chain, 'hook') !== 'input' || !isFamily(family)) return [];
    const name = textOf(fieldOf(chain, 'name'));
    const own = rules.filter((rule) => idOf(rule) === idOf(chain) && fieldOf(rule, 'chain') === name);
    const last = listIn(fieldOf(own.at(-1), 'expr')).filter((one) => fieldOf(one, 'counter') === undefined);
    const [only] = last;
    const isLastEnd =
      last.length === 1 && (fieldOf(only, 'drop') !== undefined || fieldOf(only, 'reject') !== undefined);
    return fieldOf(chain, 'policy') === 'drop' || isLastEnd ? [{ family, chain: `${idOf(chain)} ${name}` }] : [];
  });
}

function isFamily(text: string): text is DenyingChain['family'] {
  return text === 'ip' || text === 'ip6' || text === 'inet';
}

/** What a rule does with the port: nothing, or one action. */
function actionOf(
  expressions: readonly Json[],
  protocol: Protocol,
  port: number,
  named: (set: string) => Json | undefined,
): Omit<FirewallRule, 'chain'>[] {
  let isNamed = false;
  let conditional = false;
  for (const expression of expressions) {
    const match = fieldOf(expression, 'match');
    const map = fieldOf(expression, 'vmap');
    if (match === undefined && map === undefined) continue;
    if (map !== undefined) {
      if (!isPortOf(fieldOf(map, 'key'), protocol)) continue;
      const verdict = verdictIn(setOf(fieldOf(map, 'data'), named), port);
      const end = Object.keys(ENDS).find((one) => fieldOf(verdict, one) !== undefined) as keyof typeof ENDS | undefined;
      return end === undefined ? [] : [{ text: `${protocol} dport ${port} ${end}`, action: ENDS[end], conditional }];
    }
    const left = fieldOf(match, 'left');
    const isOther = fieldOf(match, 'op') === '!=';
    const right = setOf(fieldOf(match, 'right'), named);
    if (isProtocol(left)) {
      if (!includesProtocol(right, protocol)) return [];
    } else if (isPort(left)) {
      if (!isPortOf(left, protocol) || includes(right, port) === isOther) return [];
      isNamed = true;
    } else conditional = true;
  }
  for (const expression of expressions) {
    for (const kind of LEADS) {
      const target = fieldOf(expression, kind);
      if (target === undefined || (!isNamed && kind !== 'tproxy')) continue;
      const to = destinationIn(target);
      return [{ text: `${protocol} dport ${port} ${kind} to ${to}`, action: 'leads elsewhere', to, conditional }];
    }
    for (const end of ['drop', 'reject', 'accept'] as const) {
      if (fieldOf(expression, end) === undefined || !isNamed) continue;
      return [{ text: `${protocol} dport ${port} ${end}`, action: ENDS[end], conditional }];
    }
    // What iptables-nft writes for targets that nft has no words for.
    const target = fieldOf(fieldOf(expression, 'xt'), 'name');
    if (isNamed && (target === 'DNAT' || target === 'REDIRECT' || target === 'TPROXY')) {
      const text = `${protocol} dport ${port} ${target}`;
      return [{ text, action: 'leads elsewhere', conditional: true }];
    }
  }
  return [];
}

function destinationIn(target: Json): string {
  const address = fieldOf(target, 'addr');
  const port = fieldOf(target, 'port');
  const host = typeof address === 'string' ? (address.includes(':') ? `[${address}]` : address) : undefined;
  if (address !== undefined && host === undefined) return 'an address of a map';
  return `${host ?? ''}${port === undefined ? '' : `:${typeof port === 'number' ? port : 'a port of a map'}`}`;
}

/** The verdict of a map for a port. */
function verdictIn(map: Json | undefined, port: number): Json | undefined {
  for (const pair of listIn(map)) {
    const [key, verdict] = listIn(pair);
    if (includes(key, port)) return verdict;
  }
  return undefined;
}

function setOf(value: Json | undefined, named: (set: string) => Json | undefined): Json | undefined {
  if (typeof value === 'string' && value.startsWith('@')) return named(value.slice(1));
  return fieldOf(value, 'set') ?? value;
}

function isPort(left: Json | undefined): boolean {
  return fieldOf(fieldOf(left, 'payload'), 'field') === 'dport';
}

function isPortOf(left: Json | undefined, protocol: Protocol): boolean {
  const own = fieldOf(fieldOf(left, 'payload'), 'protocol');
  return isPort(left) && (own === protocol || own === 'th');
}

function isProtocol(left: Json | undefined): boolean {
  const field = fieldOf(fieldOf(left, 'payload'), 'field');
  return fieldOf(fieldOf(left, 'meta'), 'key') === 'l4proto' || field === 'protocol' || field === 'nexthdr';
}

const NUMBERS = { tcp: 6, udp: 17 } as const;

function includesProtocol(right: Json | undefined, protocol: Protocol): boolean {
  if (Array.isArray(right)) return right.some((one: Json) => includesProtocol(one, protocol));
  return right === protocol || right === NUMBERS[protocol];
}

/** Whether a number, a range, a prefix of an element, or a list of these has a port. */
function includes(value: Json | undefined, port: number): boolean {
  if (typeof value === 'number') return value === port;
  if (Array.isArray(value)) return value.some((one: Json) => includes(one, port));
  const [from, to] = listIn(fieldOf(value, 'range'));
  if (typeof from === 'number' && typeof to === 'number') return from <= port && port <= to;
  const element = fieldOf(value, 'elem');
  return element !== undefined && includes(fieldOf(element, 'val'), port);
}

function idOf(value: Json | undefined): string {
  return `${textOf(fieldOf(value, 'family'))} ${textOf(fieldOf(value, 'table'))}`;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function fieldOf(value: Json | undefined, field: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, field) ? (value as { readonly [key: string]: Json })[field] : undefined;
}

function listIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
