import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** Short command lines that load most pieces; the first that loads a piece decides which functions its cache has. */
const RECORDED = [
  ['explain', 'tcp :80', 'tcp 127.0.0.1:80'],
  ['list'],
  // It loads what a run needs, and then there is no such cell.
  ['run', 'no-such-cell'],
];

const LOOPBACK = '127.0.0.1';
/** Nothing listens there. */
const CLOSED = { address: LOOPBACK, port: 1 };
/**
 * What most cells ask of an agent: for what only some ask, its functions are compiled when they are needed. What waits is last,
 * because the agent ends when it has read all of it.
 */
const ASKED = [
  [
    { op: 'socket', as: 'server', family: 'inet', type: 'dgram' },
    { op: 'setsockopt', on: 'server', option: 'SO_REUSEADDR', value: 1 },
    { op: 'bind', on: 'server', address: LOOPBACK, port: 0 },
    { op: 'getsockname', on: 'server' },
    { op: 'socket', as: 'client', family: 'inet', type: 'dgram' },
    { op: 'connect', on: 'client', ...CLOSED },
    { op: 'send', on: 'client', data: 'x' },
    { op: 'drain', on: 'client' },
  ],
  [
    { op: 'socket', as: 'listener', family: 'inet6', type: 'stream' },
    { op: 'setsockopt', on: 'listener', option: 'IPV6_V6ONLY', value: 0 },
    { op: 'bind', on: 'listener', address: '::ffff:127.0.0.1', port: 0 },
    { op: 'listen', on: 'listener' },
    { op: 'getsockopt', on: 'listener', option: 'SO_REUSEADDR' },
    { op: 'socket', as: 'refused', family: 'inet', type: 'stream' },
    { op: 'close', on: 'refused' },
  ],
  [{ op: 'reset' }],
  [
    { op: 'socket', as: 'waiting', family: 'inet', type: 'dgram' },
    { op: 'bind', on: 'waiting', address: LOOPBACK, port: 0 },
    { op: 'serve', on: 'waiting', name: 'server' },
    { op: 'socket', as: 'idle', family: 'inet', type: 'dgram' },
    { op: 'bind', on: 'idle', address: LOOPBACK, port: 0 },
    { op: 'recv', on: 'idle', within: 1 },
  ],
];

/**
 * Makes the code cache of the pieces of a build and of the agent, and has the command load it, as the start of the agent does.
 * It is for the Node.js that builds: with another one both are as fast as without. @throws Error when the files can't be
 * written
 */
export function makeCodeCache(compiled, to) {
  const src = path.join(to, 'src');
  mkdirSync(path.join(src, 'process'), { recursive: true });
  copyFileSync(path.join(compiled, 'src/process/code-cache.cjs'), path.join(src, 'process/code-cache.cjs'));
  mkdirSync(path.join(src, 'code-cache'));
  for (const words of RECORDED) record(src, ['pieces', 'cli/main.js', ...words]);
  record(
    src,
    ['agent', 'agent/start.cjs'],
    ASKED.map((operations, id) => `${JSON.stringify({ id, operations })}\n`).join(''),
  );
  // Before the pieces, and after the line that names Node.js.
  const command = path.join(src, 'cli/main.js');
  writeFileSync(command, readFileSync(command, 'utf8').replace('\n', '\nrequire("../process/code-cache.cjs");\n'));
}

function record(src, words, input = '') {
  try {
    execFileSync(process.execPath, [path.join(import.meta.dirname, 'record-code.cjs'), src, ...words], {
      input,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  } catch {
    // A command line that ends with another exit code than 0 has written its part; one that can't run here has none.
  }
}
