import { isObject, type Json } from './step.ts';

/**
 * The options that agents had a number for while records had version 2. For any other option they answered ENOPROTOOPT
 * without a system call, by the constants of `src/agent/native/` at commit f155902.
 */
const ASKED: Readonly<Record<'linux' | 'windows' | 'bsd', readonly string[]>> = {
  linux: [
    'SO_REUSEADDR',
    'SO_ERROR',
    'SO_BROADCAST',
    'SO_RCVBUF',
    'SO_REUSEPORT',
    'SO_BINDTODEVICE',
    'SO_ACCEPTCONN',
    'IP_PKTINFO',
    'IP_FREEBIND',
    'IP_BIND_ADDRESS_NO_PORT',
    'IPV6_V6ONLY',
    'IPV6_RECVPKTINFO',
    'TCP_NODELAY',
  ],
  windows: [
    'SO_REUSEADDR',
    'SO_EXCLUSIVEADDRUSE',
    'SO_ACCEPTCONN',
    'SO_BROADCAST',
    'SO_RCVBUF',
    'SO_ERROR',
    'IP_PKTINFO',
    'IPV6_V6ONLY',
    'IPV6_RECVPKTINFO',
    'TCP_NODELAY',
    'SIO_UDP_CONNRESET',
  ],
  // The options that at least one of macOS, FreeBSD and OpenBSD had.
  bsd: [
    'SO_ACCEPTCONN',
    'SO_REUSEADDR',
    'SO_BROADCAST',
    'SO_REUSEPORT',
    'SO_RCVBUF',
    'SO_ERROR',
    'IP_RECVDSTADDR',
    'IPV6_V6ONLY',
    'TCP_NODELAY',
    'SO_REUSESHAREUID',
    'IP_PKTINFO',
    'IPV6_RECVPKTINFO',
    'SO_REUSEPORT_LB',
    'IP_BINDANY',
    'IPV6_BINDANY',
    'SO_BINDANY',
  ],
};

const REFUSED = /^(WSA)?ENOPROTOOPT$/;
const CALL = /^([gs]etsockopt\([^,]+, (\w+)(?:, .*)?\)) = -1 (?:WSA)?ENOPROTOOPT$/s;
const EXPECTED = /has no (\w+), so that setsockopt fails\.$/;

/**
 * For an option that the agent had no number for, version 2 had ENOPROTOOPT, although the system was not asked. Version 3
 * has `not available here` instead, in what was observed, in what was expected and in the transcript.
 */
export function withoutInvented(record: Json): Json {
  const asked = askedOn(record['platform']);
  const { cells } = record;
  if (!Array.isArray(cells)) return record;
  const mended = cells.map((cell: unknown) => (isObject(cell) ? cellOf(cell, asked) : cell));
  const isLeft = mended.some(
    (cell) => isObject(cell) && linesOf(cell).some((call) => / -1 (WSA)?ENOPROTOOPT$/.test(call)),
  );
  const { errors } = record;
  if (isLeft || !isObject(errors)) return { ...record, cells: mended };
  return {
    ...record,
    cells: mended,
    errors: Object.fromEntries(Object.entries(errors).filter(([name]) => !REFUSED.test(name))),
  };
}

function askedOn(platform: unknown): readonly string[] {
  const system = isObject(platform) ? platform['system'] : undefined;
  if (system === 'windows' || system === 'wine') return ASKED.windows;
  return system === 'linux' || system === 'gvisor' ? ASKED.linux : ASKED.bsd;
}

function cellOf(cell: Json, asked: readonly string[]): Json {
  const { transcript } = cell;
  const wasInvented = (call: string) => !asked.includes(CALL.exec(call)?.[2] ?? asked[0] ?? '');
  const isExpected = isInvented(cell['expectation'], asked);
  if (!isExpected && !linesOf(cell).some(wasInvented)) return cell;
  const mended = Object.fromEntries(
    ['expectation', 'observation', 'disagreements', 'claims'].flatMap((key) =>
      key in cell ? [[key, replaced(cell[key])]] : [],
    ),
  );
  if (!Array.isArray(transcript)) return { ...cell, ...mended };
  const lines = transcript.map((line: unknown) => {
    if (!isObject(line) || typeof line['call'] !== 'string' || !wasInvented(line['call'])) return line;
    return { ...line, call: line['call'].replace(CALL, '$1 = not available here, no call made') };
  });
  return { ...cell, ...mended, transcript: lines };
}

/** Whether the expectation was made by the model of a system without the option. */
function isInvented(expectation: unknown, asked: readonly string[]): boolean {
  const because = isObject(expectation) ? expectation['because'] : undefined;
  const option = typeof because === 'string' ? EXPECTED.exec(because)?.[1] : undefined;
  return option !== undefined && !asked.includes(option);
}

function linesOf(cell: Json): string[] {
  const { transcript } = cell;
  if (!Array.isArray(transcript)) return [];
  return transcript.flatMap((line: unknown) => {
    const call = isObject(line) ? line['call'] : undefined;
    return typeof call === 'string' ? [call] : [];
  });
}

function replaced(value: unknown): unknown {
  if (typeof value === 'string') return REFUSED.test(value) ? 'not available here' : value;
  if (Array.isArray(value)) return value.map(replaced);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one)]));
  return value;
}
