import { readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import type { DeclaredProgram } from '../../program/program.ts';
import { errorIn, saysItRetries, shownLines, urlsIn } from '../../program/output.ts';
import type { ProgramStart } from '../../record/program.ts';
import { Interrupted } from '../../process/interrupted.ts';
import { pace } from '../../process/pace.ts';
import { isMissing, type Instance } from './instance.ts';

/** How often the tables are read, in milliseconds. */
const EVERY = 50;
/** Reading them takes the kernel long, so that what has not changed for a while is read less often: by this part of that while. */
const PART = 1 / 20;
/** How long the sockets must stay the same, and how long a program may take to have one; in milliseconds. */
const SETTLE = 1200;
const LIMIT = 25_000;
/** The same of a program that has as many as it had before; it was given the full time then. */
const SETTLE_AGAIN = 300;
/** And of one whose output names an error of bind(): it may try again and then end, as nginx does after 2.5 s. */
const SETTLE_IN_TROUBLE = 4000;
/** A launcher that ended well may have left a daemon that has no socket yet; in milliseconds. */
const DAEMON = 2000;
/** The same for a launcher that ended badly, or by a signal. */
const LEFT = 150;
/**
 * What takes too long on a slow machine is waited for as long as the program is at work. After so many looks in a row at
 * which none of its threads wanted a processor or the disk, it is not.
 */
const IDLE_LOOKS = 4;

/** Tables that say what a program has opened. Connections come and go, and are not of them. */
const WATCHED = ['tcp', 'tcp6', 'udp', 'udp6', 'udplite', 'udplite6', 'raw', 'raw6', 'icmp', 'icmp6'] as const;
const LISTENING = '0A';

/** The inodes of the sockets of a network that listen, or take datagrams. */
export function openSockets(net: string): Set<number> {
  return new Set(
    WATCHED.flatMap((table) => {
      let text: string;
      try {
        text = readFileSync(`${net}/${table}`, 'latin1');
      } catch {
        return [];
      }
      return text.split('\n').flatMap((line) => {
        const words = line.trim().split(/\s+/);
        const inode = Number(words[9]);
        if (!/^\d+:$/.test(words[0] ?? '') || inode === 0) return [];
        return table.startsWith('tcp') && words[3] !== LISTENING ? [] : [inode];
      });
    }),
  );
}

/** How a start is waited for. */
export interface WatchPatience {
  readonly signal: AbortSignal;
  /** Sockets that were there before. */
  readonly before?: ReadonlySet<number>;
  /** The most milliseconds on a quiet machine, in place of the program's own. */
  readonly limit?: number;
  /** And while its output says that it tries again. */
  readonly retries?: number;
  /** How long its sockets must stay the same, in place of the program's own. */
  readonly settle?: number;
  /** How many sockets it had before: when it has as many again, it is not waited for as long. */
  readonly usual?: number;
}

/**
 * Waits until a program is up: it has a socket, and its sockets stay the same for a while. It ends earlier when nothing
 * of it runs any more.
 * @throws Interrupted
 */
export async function waitUntilUp(
  instance: Instance,
  net: string,
  { ready = {} }: DeclaredProgram,
  { signal, before = new Set(), limit, retries, settle, usual }: WatchPatience,
): Promise<ProgramStart> {
  const most = limit ?? (ready.limit === undefined ? LIMIT : ready.limit * 1000);
  const quiet = settle ?? (ready.settle === undefined ? SETTLE : ready.settle * 1000);
  let known = '';
  let first: number | undefined;
  let changed = performance.now();
  let ended: number | undefined;
  let idle = 0;
  const own = () => [...openSockets(net)].filter((inode) => !before.has(inode));
  for (;;) {
    if (signal.aborted) throw new Interrupted();
    const now = performance.now();
    const inodes = own();
    const list = inodes.toSorted((one, other) => one - other).join(' ');
    if (list !== known) {
      known = list;
      changed = now;
      if (inodes.length > 0) first ??= now;
    }
    // Before it is known which processes are its own, its sockets would be those of no one.
    if (inodes.length > 0 && instance.files !== '' && isOver(now - changed, wanted(inodes.length))) {
      return told('up');
    }
    if (instance.exit !== null) {
      ended ??= now;
      const wait = instance.exit.code === 0 ? DAEMON : LEFT;
      if (inodes.length === 0 && now - ended >= wait && instance.processes().length === 0) return told('over');
    }
    const allowed = retries !== undefined && saysItRetries(instance.output) ? retries : most;
    if (isOver(now - instance.began, allowed)) return told(inodes.length > 0 ? 'up' : 'over');
    await after(Math.max(EVERY, (now - changed) * PART));
  }

  /** Whether a time is over: on a slow machine only once the program has nothing to do, and the slow machine's time at last. */
  function isOver(elapsed: number, enough: number): boolean {
    if (elapsed < enough) return false;
    if (elapsed >= enough * pace()) return true;
    idle = instance.isAtWork() ? 0 : idle + 1;
    return idle >= IDLE_LOOKS;
  }

  function wanted(sockets: number): number {
    if (sockets === usual) return Math.min(quiet, SETTLE_AGAIN);
    return errorIn(instance.output) === null ? quiet : Math.max(quiet, SETTLE_IN_TROUBLE);
  }

  function told(state: 'up' | 'over'): ProgramStart {
    const late = first === undefined ? 0 : changed - first;
    return {
      ...startOf(instance, state === 'up'),
      ...(first === undefined ? {} : { after: Math.round(first - instance.began) }),
      ...(late > EVERY * 2 ? { late: Math.round(late) } : {}),
    };
  }
}

/** What is known of a start by now. */
function startOf(instance: Instance, hasSockets: boolean): ProgramStart {
  const { exit, output } = instance;
  const runs = instance.processes().length > 0;
  const error = errorIn(output);
  return {
    outcome: outcomeOf(),
    exit: exit?.code ?? null,
    ...(exit?.signal === undefined ? {} : { signal: exit.signal }),
    daemon: exit !== null && runs,
    ...(error === null ? {} : { error: { ...error, certain: false } }),
    printed: shownLines(output),
    urls: urlsIn(output),
  };

  function outcomeOf(): ProgramStart['outcome'] {
    if (hasSockets) return 'up';
    if (exit === null || runs) return 'silent';
    if (isMissing(exit, output)) return 'missing';
    return exit.code === 0 ? 'ended' : 'failed';
  }
}
