import { needsScope } from '../../model/address.ts';
import { readAddress } from './name.ts';
import { portNamed } from './service-names.ts';

/** A name that stands in a sentence: an address, a port, or both. */
export interface Mention {
  /** The address in its canonical form; `*` for any address; undefined where only a port is named. */
  readonly host?: string;
  readonly port?: number;
  /** Whether the name was `localhost`. */
  readonly localhost?: true;
  /** Whether an empty host stands for every address: `:8080`. */
  readonly empty?: true;
  /** The scope of a link-local address: `fe80::1%eth0`. */
  readonly scope?: string;
  /** The place in the text. */
  readonly at: number;
}

const V4 = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const V6 = String.raw`[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*`;
const HOST = String.raw`(?:\[(?:${V6})(?:%[\w.-]+)?\]|\[${V4}\]|${V4}|localhost|\*|\[undef\]|<?null>?|${V6}(?:%[\w.-]+)?)`;
const BEFORE = String.raw`(?<![\w.:/\]-]|\d\()`;
const QUOTE = String.raw`["'\u0060\\\u201c\u201d\u2018\u2019]*`;
const PORT_WORD = String.raw`\bports?\b(?:\s+number)?`;

/** Ways to write an address with its port, the most certain first. */
const FULL: readonly RegExp[] = [
  // strace: sin_port=htons(80), sin_addr=inet_addr("0.0.0.0"); sin6_port=htons(80), ... inet_pton(AF_INET6, "::", ...)
  /sin6?_port=htons\((?<port>\d+)\).{0,40}?(?:inet_addr\(|inet_pton\(AF_INET6, )"(?<host>[^"]+)"/g,
  // Node: address: '::', port: 3000; host: "127.0.0.1", port: 80
  new RegExp(
    String.raw`\b(?:address|host(?:name)?|interface)${QUOTE}\s*[:=]\s*${QUOTE}(?<host>${HOST})${QUOTE},?\s+${QUOTE}port${QUOTE}\s*[:=]\s*${QUOTE}(?<port>\d{1,5})\b`,
    'gi',
  ),
  // Options of a command: --laddr=127.0.0.1 --lport=6901
  new RegExp(
    String.raw`--(?:l|listen-?|bind-?)(?:addr(?:ess)?|host)[= ](?<host>${HOST})\s+--(?:l|listen-?|bind-?)port[= ](?<port>\d{1,5})\b`,
    'g',
  ),
  // twisted and daphne: port=8000:interface=127.0.0.1
  new RegExp(String.raw`\bport=(?<port>\d{1,5}):interface=(?<host>${HOST})`, 'gi'),
  // Python: ('127.0.0.1', 8000), ('::', 8080, 0, 0); Erlang: {"::",5672; dovecot: listen(*, 143)
  new RegExp(String.raw`[({]\s*${QUOTE}(?<host>${HOST}|(?<=["']))${QUOTE}\s*,\s*(?<port>\d{1,5})\b`, 'gi'),
  // Erlang: {{0,0,0,0},5672}, {0,0,0,0}, 5672
  /\{(?<erlang>\d{1,3}(?:,\d{1,3}){3}|\d{1,5}(?:,\d{1,5}){7})\}\s*,\s*(?:port\s*=?\s*)?(?<port>\d{1,5})\b/g,
  // Ruby, unbound, postfix: for "127.0.0.1" port 3000; 127.0.0.1 port 53; (address 0.0.0.0, port 80)
  new RegExp(
    String.raw`${BEFORE}${QUOTE}(?<host>${HOST})${QUOTE}\s*[,;(]?\s*(?:on\s+)?${PORT_WORD}\s*[:=]?\s*${QUOTE}(?<port>\d{1,5})\b`,
    'gi',
  ),
  // sshd: port 22 on 0.0.0.0; exim: port 25 for address
  new RegExp(
    String.raw`${PORT_WORD}\s*[:=]?\s*(?:TCP|UDP)?\s*${QUOTE}(?<port>\d{1,5})${QUOTE},?\s+(?:on|for|at|of)\s+(?:the\s+)?(?:IPv[46]\s+)?(?:interface|address|host|ip)?\s*${QUOTE}(?<host>${HOST})(?![:\d])`,
    'gi',
  ),
  // Java: localhost/127.0.0.1:8080, 0.0.0.0/0.0.0.0:25565, /[0:0:0:0:0:0:0:0]:8080
  new RegExp(
    String.raw`(?<![\w/.:-])(?:[\w.-]*|${V4}|\[?${V6}\]?)\/(?<host>\[${V6}\]|${V4}|${V6}):(?<port>\d{1,5})\b`,
    'g',
  ),
  // URLs: http://0.0.0.0:5000, http://[::]:80, http://+:8080/, tcp://0.0.0.0:2345
  new RegExp(
    String.raw`\b(?<scheme>https?|wss?|tcp|udp|ssl|tls|mysql|redis|amqps?|mqtt|grpc|unix)://(?<host>${HOST}|\+)(?::(?<port>\d{1,5})(?!\d)|(?!:\d))(?!\w|\.\w)`,
    'gi',
  ),
  // tcp:0.0.0.0:8080; 127.0.0.1:8080, [::]:80, *:80, localhost:80, 0.0.0.0#123, 10.0.0.1:[9300-9400], b'127.0.0.1':1080
  new RegExp(
    String.raw`(?:${BEFORE}|(?<=\b(?:tcp|udp)[46]?:)|(?<=\]))${QUOTE}(?<host>${HOST})${QUOTE}[:#]\[?(?<port>\d{1,5}|[a-z][\w-]*)(?![\w.]*[\w])`,
    'gi',
  ),
  // Go: listen tcp :8080: but not the numbers of JSON: "fd":6
  /(?:(?<=^|[\s=(]|(?<![\w\\])["'`])|(?<=(?<!\w)\\"))(?<empty>):(?<port>\d{1,5})(?![\w.:]*\w)/g,
];

const LONE_HOST: readonly RegExp[] = [
  new RegExp(String.raw`["'\u0060\u201c(\[]\s*(?<host>${V4}|${V6}|\*|localhost)\s*["'\u0060\u201d)\]](?!:\d)`, 'gi'),
  new RegExp(String.raw`${BEFORE}(?<host>${V4})(?![\w.]*[\w]|:\d)`, 'g'),
  new RegExp(String.raw`\b(?:on|address|host|bind|interface|to)\s+(?<host>localhost|\*|${V6})(?![\w:])`, 'gi'),
];

const LONE_PORT: readonly RegExp[] = [
  new RegExp(
    String.raw`${PORT_WORD}${QUOTE}\s*(?:(?:is|to)\s+)?[:=#(]?\s*(?:TCP\s+|UDP\s+)?${QUOTE}(?<port>\d{1,5})\b(?!\.\d)`,
    'gi',
  ),
  // Tomcat: ["http-nio-8080"], [HTTP/1.1-8080]
  /\[(?!\d+-)[^\]\s]*-(?<port>\d{2,5})"?\]/g,
  // Spring, Windows: TCP port 80; tcp/80, udp:161, 80/tcp
  /\b(?:tcp|udp)[/:](?<port>\d{1,5})\b/gi,
  /\b(?<port>\d{1,5})\/(?:tcp|udp)\b/gi,
  // Jupyter, webpack: port 8888; also 端口 8080, Port : 8080
  /(?:端口|ポート|포트|puerto|порт)\s*[:：]?\s*(?<port>\d{1,5})/gi,
];

/** Every name in a text that has a port, in the order of certainty and then of place. */
export function fullNames(text: string): Mention[] {
  return mentionsOf(text, FULL).filter(({ port }) => port !== undefined);
}

/** The addresses in a text that have no port. */
export function loneHosts(text: string): Mention[] {
  return mentionsOf(text, LONE_HOST);
}

/** The ports in a text that have no address. */
export function lonePorts(text: string): Mention[] {
  return mentionsOf(text, LONE_PORT);
}

function mentionsOf(text: string, patterns: readonly RegExp[]): Mention[] {
  const found: { readonly mention: Mention; readonly end: number }[] = [];
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) {
      const [at, end] = [match.index, match.index + match[0].length];
      if (found.some((one) => at < one.end && one.mention.at < end)) continue;
      const mention = mentionOf(match.groups ?? {}, at);
      if (mention !== undefined) found.push({ mention, end });
    }
  }
  return found.map(({ mention }) => mention);
}

const SCHEMES: Readonly<Record<string, number>> = { http: 80, ws: 80, https: 443, wss: 443 };

function mentionOf(groups: Readonly<Record<string, string | undefined>>, at: number): Mention | undefined {
  const { host, erlang, scheme } = groups;
  const written = groups['port'] ?? (scheme === undefined ? undefined : SCHEMES[scheme.toLowerCase()]?.toString());
  const port = written === undefined ? undefined : /^\d+$/.test(written) ? Number(written) : portNamed(written);
  if (written !== undefined && (port === undefined || port < 1 || port > 65_535)) return undefined;
  const named = port === undefined ? {} : { port };
  if (groups['empty'] !== undefined) return { host: '*', empty: true, ...named, at };
  if (erlang !== undefined) {
    const address = readAddress(erlangAddress(erlang));
    return address === null ? undefined : { host: address.address, ...named, at };
  }
  if (host === undefined) return port === undefined ? undefined : { port, at };
  const plain = host.replaceAll(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (/^localhost$/i.test(plain)) return { host: '127.0.0.1', localhost: true, ...named, at };
  if (plain === '*' || plain === '+' || plain === '' || plain === 'undef' || /^<?null>?$/i.test(plain))
    return { host: '*', ...named, at };
  const address = readAddress(plain);
  if (address === null) return undefined;
  const zone = /%([\w.-]+)/.exec(host)?.[1];
  const scope = zone !== undefined && needsScope(address.address) ? { scope: zone } : {};
  return { host: address.address, ...scope, ...named, at };
}

/** `0,0,0,0` and `0,0,0,0,0,0,0,1`, as Erlang writes addresses. */
function erlangAddress(text: string): string {
  const parts = text.split(',');
  return parts.length === 4 ? parts.join('.') : parts.map((part) => Number(part).toString(16)).join(':');
}
