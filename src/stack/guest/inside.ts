/**
 * What runs inside a guest: loads the kernel modules that came along, does the command line it was ordered to as if it
 * had been started with it, and sends back the exit code and the reports when the process exits.
 */
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import process from 'node:process';
import koffi from 'koffi';
import { LINES, MODULES, GUEST_PACKAGE, GUEST_REQUEST } from './init.ts';
import { encodeOutcome, type Order } from './messages.ts';

/** The number of finit_module(2) on x86-64. */
const FINIT_MODULE = 313;
/** For reboot(2), from linux/reboot.h. */
const RB_POWER_OFF = 0x43_21_fe_dc;

const library = koffi.load('libc.so.6');
const order = JSON.parse(readFileSync(GUEST_REQUEST, 'utf8')) as Order;

loadModules();
Object.assign(process.env, order.environment);
for (const [file, content] of Object.entries(order.files)) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}
for (const stream of [process.stdout, process.stderr]) {
  // A serial line is a terminal to Node; what matters is what is at the other end of it.
  Object.defineProperty(stream, 'isTTY', { value: order.columns !== null });
  Object.defineProperty(stream, 'columns', { value: order.columns ?? undefined });
}
process.on('exit', (exitCode) => finish(exitCode));
const command = path.join(GUEST_PACKAGE, 'dist/src/cli/main.js');
process.argv.splice(1, Number.POSITIVE_INFINITY, command, ...order.argv);
// By its path, as the user's own shell would: a stack knows nothing of the command line.
createRequire(command)(command);

/** A module that the kernel has already, or that can't be loaded, shows as a lab that lacks something. */
function loadModules(): void {
  const load = library.func('long syscall(long, int, const char *, int)') as unknown as (...words: unknown[]) => number;
  for (const name of readdirSync(MODULES).toSorted()) {
    const file = openSync(path.join(MODULES, name), 'r');
    if (load(FINIT_MODULE, file, '', 0) !== 0) {
      process.stderr.write(`bindspec: the kernel module ${name} can't be loaded (errno ${koffi.errno()})\n`);
    }
    closeSync(file);
  }
}

function finish(exitCode: number): void {
  const drain = library.func('int tcdrain(int)') as unknown as (file: number) => number;
  // The output has left before the result says that it is complete.
  for (const file of [1, 2]) drain(file);
  const line = openSync(`/dev/${LINES.result}`, 'w');
  const message = encodeOutcome({ exitCode, reports: reportsIn(order.reports) });
  for (let sent = 0; sent < message.length;) sent += writeSync(line, message, sent);
  drain(line);
  const powerOff = library.func('int reboot(int)') as unknown as (how: number) => number;
  powerOff(RB_POWER_OFF);
}

function reportsIn(folder: string): Map<string, Buffer> {
  const reports = new Map<string, Buffer>();
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    // A command that wrote none has made no folder.
    return reports;
  }
  for (const name of names) {
    const file = path.join(folder, name);
    if (statSync(file).isFile()) reports.set(name, readFileSync(file));
  }
  return reports;
}
