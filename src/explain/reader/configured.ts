import type { Row } from './line.ts';
import { nameOf } from './spell.ts';

/**
 * The rows without those that their program does not bind, although its configuration names them. What is not bound was seen
 * with nginx 1.22.1 under strace, and read in Apache's server/listen.c: open_listeners.
 * @param leftOut gets what is not bound, in words
 */
export function configured(rows: readonly Row[], leftOut: string[]): readonly Row[] {
  const kept = rows.filter((row, place) => {
    const why = notBound(row, place, rows);
    if (why !== undefined) leftOut.push(`${nameOf(row.reading.socket)}, ${why}`);
    return why === undefined;
  });
  return wildcardsLast(kept);
}

function notBound({ reading: { config, socket, text } }: Row, place: number, rows: readonly Row[]): string | undefined {
  const isOther = ({ reading }: Row) =>
    reading.config === config && reading.socket.protocol === socket.protocol && reading.socket.port === socket.port;
  if (config === 'nginx') {
    const any = socket.family === 'inet' ? '0.0.0.0' : '::';
    const isCovered = rows.some((row) => isOther(row) && row.reading.socket.address === any);
    if (socket.address === any || !isCovered || OWN_BIND.test(text)) return undefined;
    return `which nginx does not bind by itself, because it binds ${nameOf({ ...socket, address: any })}`;
  }
  if (config === 'Apache httpd' && socket.address === '0.0.0.0') {
    const beside = [rows[place - 1], rows[place + 1]].filter((row) => row !== undefined && isOther(row));
    const dual = beside.find((row) => row?.reading.socket.address === '::');
    if (dual !== undefined) return 'which Apache httpd leaves to the dual-stack socket on :: beside it';
  }
  return undefined;
}

/** The parameters with which nginx binds an address by itself, also beside the wildcard (its documentation of listen). */
const OWN_BIND =
  /\b(?:bind|reuseport|deferred)\b|\b(?:setfib|fastopen|backlog|rcvbuf|sndbuf|accept_filter|ipv6only|so_keepalive)=/;

/** nginx binds the wildcard of a family after the addresses of the same port. */
function wildcardsLast(rows: readonly Row[]): readonly Row[] {
  const rank = ({ reading: { config, socket } }: Row) =>
    config === 'nginx' && (socket.address === '0.0.0.0' || socket.address === '::') ? 1 : 0;
  const ofNginx = rows.filter(({ reading }) => reading.config === 'nginx');
  const families = [...new Set(ofNginx.map(({ reading }) => reading.socket.family))];
  const sorted = families.flatMap((family) =>
    ofNginx.filter(({ reading }) => reading.socket.family === family).toSorted((one, other) => rank(one) - rank(other)),
  );
  let next = 0;
  return rows.map((row) => (row.reading.config === 'nginx' ? (sorted[next++] ?? row) : row));
}
