import type { AgentProcess } from '../harness/agent-process.ts';
import { HarnessError } from '../harness/harness-error.ts';
import type { LabFacts } from './lab.ts';
import { textOfFile } from './text-of-file.ts';

/** The file of Linux, and of gVisor, that says what the process that reads it may do. */
const STATUS_FILE = '/proc/self/status';
/** The file of the security module Yama, which not every kernel has: whether processes may look into their siblings. */
const YAMA_FILE = '/proc/sys/kernel/yama/ptrace_scope';
/** The bits of capabilities in CapEff, from linux/capability.h. */
const BITS = { CAP_NET_BIND_SERVICE: 10n, CAP_NET_RAW: 13n, CAP_SYS_PTRACE: 19n } as const;

/** The files that say what a process may do, as far as the system has them. */
const PRIVILEGE_FILES: readonly [string, string] = [STATUS_FILE, YAMA_FILE];

/** Needs that are not met, with the reason. */
export type Withheld = Partial<Record<'CAP_NET_RAW' | 'pidfd_getfd', string>>;

/**
 * What processes may not do that an experiment can need, by the texts of `PRIVILEGE_FILES`; an empty one for a file
 * that is not there. Whoever has CAP_SYS_PTRACE may take sockets from any process. Without it Yama denies those of siblings, and the
 * filter of calls that engines give their containers denies pidfd_getfd() itself.
 */
export function withheld([status, yama]: readonly [string, string]): Withheld {
  const isGuarded = Number(yama) > 0 || /^Seccomp:\s*2\s*$/im.test(status);
  return {
    ...(hasCapability(status, 'CAP_NET_RAW') === false
      ? { CAP_NET_RAW: 'a process without CAP_NET_RAW may not do this' }
      : {}),
    ...(isGuarded && hasCapability(status, 'CAP_SYS_PTRACE') === false
      ? { pidfd_getfd: 'processes may not take sockets from one another without CAP_SYS_PTRACE' }
      : {}),
  };
}

/** The same as what a lab lacks; `enable` is the line that starts processes which may do it. */
export function missingRights(rights: Withheld, enable: string): LabFacts['missing'] {
  const missing: LabFacts['missing'] = {};
  for (const [need, reason] of Object.entries(rights)) missing[need as keyof Withheld] = { reason, enable };
  return missing;
}

/** The same of the process that asks. */
export function withheldHere(): Withheld {
  const [status, yama] = PRIVILEGE_FILES;
  return withheld([textOfFile(status), textOfFile(yama)]);
}

/** The same of the host of an agent. @throws HarnessError when it does not answer */
export async function withheldFrom(agent: AgentProcess): Promise<Withheld> {
  const results = await agent.ask(
    PRIVILEGE_FILES.map((path) => ({ op: 'read', path }) as const),
    false,
  );
  const [status = '', yama = ''] = results.map(({ outcome, data }) => (outcome === 'ok' ? (data ?? '') : ''));
  return withheld([status, yama]);
}

/**
 * Whether a process may bind low ports: whether CAP_NET_BIND_SERVICE is among its effective capabilities. It is taken for
 * granted that the user namespace of the process has its network too, as in the labs that bindspec makes.
 * @param status the text of `/proc/self/status`
 * @returns undefined where the text does not say it
 */
export function mayBindLowPorts(status: string): boolean | undefined {
  return hasCapability(status, 'CAP_NET_BIND_SERVICE');
}

function hasCapability(status: string, name: keyof typeof BITS): boolean | undefined {
  const [, digits] = /^CapEff:\s*([\da-f]+)\s*$/im.exec(status) ?? [];
  return digits === undefined ? undefined : ((BigInt(`0x${digits}`) >> BITS[name]) & 1n) === 1n;
}

/** Asks an agent whether it may bind low ports; undefined where its system does not tell. */
export async function readPrivilege(agent: AgentProcess): Promise<boolean | undefined> {
  try {
    const [result] = await agent.ask([{ op: 'read', path: STATUS_FILE }], false);
    return result?.outcome === 'ok' && result.data !== undefined ? mayBindLowPorts(result.data) : undefined;
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return undefined;
  }
}
