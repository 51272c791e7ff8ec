import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { READY } from './init.ts';

/** What a guest may bring back, unpacked, in bytes; the reports of the whole suite are some megabytes. */
const MOST_BROUGHT = 64_000_000;

/** What a guest is asked to do. */
export interface Order {
  argv: readonly string[];
  /** Files to write before, by their paths. */
  files: Readonly<Record<string, string>>;
  /** The folder whose files are brought back. */
  reports: string;
  environment: Readonly<Record<string, string>>;
  /** The width of the terminal that the output goes to, or null where it goes to none. */
  columns: number | null;
}

/** What came of it. */
interface Outcome {
  exitCode: number;
  reports: Map<string, Buffer>;
}

/** The outcome as the guest sends it: one line that says how long it is, and that many bytes. */
export function encodeOutcome({ exitCode, reports }: Outcome): Buffer {
  const files = Object.fromEntries([...reports].map(([file, content]) => [file, content.toString('base64')]));
  const body = gzipSync(JSON.stringify({ exitCode, files }));
  return Buffer.concat([Buffer.from(`outcome ${body.length}\n`), body]);
}

/** What the line of results carried so far: whether the guest is up, how Node died there, or the outcome. */
export interface GuestProgress {
  ready: boolean;
  /** Node's status, where it ended without an outcome. */
  died: number | null;
  outcome: Outcome | null;
}

/** Reads what came over the line of results up to now. @throws Error when it is not what a guest sends. */
export function readResults(received: Buffer): GuestProgress {
  const progress: GuestProgress = { ready: false, died: null, outcome: null };
  let at = 0;
  for (;;) {
    const end = received.indexOf('\n', at);
    if (end < 0) return progress;
    const line = received.toString('utf8', at, end);
    at = end + 1;
    const [word = '', number = ''] = line.split(' ');
    if (line === READY.trim()) progress.ready = true;
    else if (word === 'died') progress.died = Number(number);
    else if (word === 'outcome') {
      const length = Number(number);
      if (received.length < at + length) return progress;
      progress.outcome = decodeOutcome(received.subarray(at, at + length));
      at += length;
    } else throw new Error(`the guest sent '${line.slice(0, 80)}'`);
  }
}

const outcomeSchema = z.strictObject({
  exitCode: z.int().min(0).max(255),
  files: z.record(z.string().max(1000), z.base64()),
});

function decodeOutcome(body: Buffer): Outcome {
  const unpacked = gunzipSync(body, { maxOutputLength: MOST_BROUGHT }).toString();
  const { exitCode, files } = outcomeSchema.parse(JSON.parse(unpacked));
  const reports = new Map(Object.entries(files).map(([file, content]) => [file, Buffer.from(content, 'base64')]));
  return { exitCode, reports };
}
