import { read, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** How the agent hears the harness and answers it: lines over stdin and stdout. */
export interface Channel {
  /** Calls back with every line, and once when there will be no more. */
  listen(line: (text: string) => void, end: () => void): void;
  print(line: string): void;
}

/** Node's own streams. */
export const streams: Channel = {
  listen(line, end) {
    const split = splitter(line);
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', split);
    process.stdin.on('end', end);
  },
  print(line) {
    process.stdout.write(`${line}\n`);
  },
};

const ROOM = 65_536;

/**
 * The same by reading and writing the descriptors; where this waits, it waits in a thread of the pool. For Wine, under which
 * Node can't make a stream of a Unix pipe: even reading the property `process.stdin` or `process.stdout` throws EBADF.
 */
export const descriptors: Channel = {
  listen(line, end) {
    const split = splitter(line);
    const decoder = new StringDecoder('utf8');
    const room = Buffer.alloc(ROOM);
    const next = () => {
      read(0, room, 0, room.length, null, (error, bytes) => {
        if (error || bytes === 0) {
          end();
          return;
        }
        split(decoder.write(room.subarray(0, bytes)));
        next();
      });
    };
    next();
  },
  print(line) {
    const bytes = Buffer.from(`${line}\n`);
    for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
  },
};

/** Makes lines of text that arrives in pieces. */
function splitter(line: (text: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) line(text);
  };
}
