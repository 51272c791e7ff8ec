import { fstatSync, read, readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { koffi } from './native/koffi.ts';

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

/**
 * The same where the event loop can wait for any pipe or socket, as on Linux: no stream is made, whose modules are a fifth of
 * what an agent adds to the start of Node.js, and no thread waits, which would keep the agent from ending by itself.
 */
export const polled: Channel = {
  listen(line, end) {
    // For anything else, for example `/dev/null`, epoll refuses, and koffi then ends the process.
    const stdin = fstatSync(0);
    if (!stdin.isFIFO() && !stdin.isSocket()) {
      streams.listen(line, end);
      return;
    }
    const split = splitter(line);
    const decoder = new StringDecoder('utf8');
    const room = Buffer.alloc(ROOM);
    const take = () => {
      let bytes: number;
      try {
        bytes = readSync(0, room);
      } catch (error) {
        if (isBusy(error)) return;
        bytes = 0;
      }
      if (bytes > 0) {
        split(decoder.write(room.subarray(0, bytes)));
        return;
      }
      handle.close();
      end();
    };
    // By an immediate, see Waiter.
    const handle = koffi.node.poll(0, { readable: true }, () => void setImmediate(take));
  },
  print(line) {
    const bytes = Buffer.from(`${line}\n`);
    for (let at = 0; at < bytes.length;) {
      try {
        at += writeSync(1, bytes, at);
      } catch (error) {
        if (!isBusy(error)) throw error;
        Atomics.wait(BELL, 0, 0, 1);
      }
    }
  },
};

/** No one rings it. To wait for it is to sleep. */
const BELL = new Int32Array(new SharedArrayBuffer(4));

/** Whether a call failed because stdin has nothing yet, or stdout takes nothing more for now: they may be one socket. */
function isBusy(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN';
}

/** Makes lines of text that arrives in pieces. */
function splitter(line: (text: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) line(text);
  };
}
