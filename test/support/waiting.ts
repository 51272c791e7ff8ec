import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as after } from 'node:timers/promises';
import { Deadline, paced } from '../../src/process/pace.ts';

/** What is waited for comes sooner on a quiet machine, in milliseconds. */
const GENEROUS = 20_000;

/** Waits until something is so. @throws Error when it is not so within a generous time. */
export async function until(what: string, so: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = new Deadline(GENEROUS);
  while (!(await so())) {
    if (deadline.passed) throw new Error(`waited in vain: ${what}`);
    await after(10);
  }
}

/**
 * The option with which a command that is tested calls nothing silence only because this machine is slow: patience is not
 * stretched by itself, because it is a measurement. `usual` is the command's own, in milliseconds.
 */
export function patient(usual = 300): string[] {
  return ['--patience', `${paced(usual)}`];
}

/** Whether a process runs; one that has ended and only waits to be collected does not. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // Without /proc the signal has to do; with it, it has ended in between.
    return process.platform !== 'linux';
  }
}

/** The processes below one that run a fake agent, as far as the system lists them. */
export function fakesOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of process.platform === 'linux' ? readdirSync('/proc') : []) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = Number(/\) [A-Y] (\d+) /s.exec(textOf(`/proc/${entry}/stat`))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const below = (parent: number): number[] => (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid).filter((one) => textOf(`/proc/${one}/cmdline`).includes('/test/fakes/'));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended in between.
    return '';
  }
}
