import { Transform } from 'node:stream';

/**
 * What Playwright asks of every page although Firefox does not have it, and whose absence it takes for an error: to
 * override `prefers-color-scheme`. A command that does nothing takes its place; the page has a theme of its own to choose.
 */
const UNKNOWN = '"method":"emulation.setMediaFeaturesOverride"';

/** The end of the head of a request. */
const HEAD_END = '\r\n\r\n';

/**
 * Passes on what a client of WebSocket sends, with each frame (RFC 6455, section 5.2) that has a command Firefox does not
 * know made one of the same length with `session.status`.
 */
export function withoutUnknownCommands(): Transform {
  let rest = Buffer.alloc(0);
  let isOpen = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rest = Buffer.concat([rest, chunk]);
      if (!isOpen) {
        const end = rest.indexOf(HEAD_END);
        if (end === -1) return done();
        this.push(rest.subarray(0, end + HEAD_END.length));
        rest = rest.subarray(end + HEAD_END.length);
        isOpen = true;
      }
      for (let length = frameLength(rest); length !== null; length = frameLength(rest)) {
        this.push(known(rest.subarray(0, length)));
        rest = rest.subarray(length);
      }
      return done();
    },
  });
}

/** Where the payload of a client's frame begins, with the four bytes of its mask before it; null for less than a head. */
function payloadStart(frame: Buffer): number | null {
  if (frame.length < 2) return null;
  const length = (frame[1] ?? 0) & 0x7f;
  return 2 + (length === 127 ? 8 : length === 126 ? 2 : 0) + 4;
}

function frameLength(buffer: Buffer): number | null {
  const start = payloadStart(buffer);
  if (start === null || buffer.length < start) return null;
  const short = (buffer[1] ?? 0) & 0x7f;
  const length = short === 127 ? Number(buffer.readBigUInt64BE(2)) : short === 126 ? buffer.readUInt16BE(2) : short;
  return buffer.length < start + length ? null : start + length;
}

function known(frame: Buffer): Buffer {
  const start = payloadStart(frame) ?? 0;
  const mask = frame.subarray(start - 4, start);
  const masked = (bytes: Buffer) => Buffer.from(bytes.map((byte, place) => byte ^ (mask[place % 4] ?? 0)));
  const text = masked(frame.subarray(start)).toString();
  if (!text.includes(UNKNOWN)) return frame;
  const { id } = JSON.parse(text) as { id: number };
  const other = JSON.stringify({ id, method: 'session.status', params: {} }).padEnd(frame.length - start);
  return Buffer.concat([frame.subarray(0, start), masked(Buffer.from(other))]);
}
