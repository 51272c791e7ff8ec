import type { State } from './types.ts';

/** Every state of a socket; the type makes sure that none is missing. */
export const STATE_NAMES: readonly State[] = Object.keys({
  bound: true,
  listening: true,
  connecting: true,
  connected: true,
  accepted: true,
  'close-wait': true,
  'fin-wait-1': true,
  'fin-wait-2': true,
  'time-wait': true,
  'shut-down': true,
} satisfies Record<State, true>) as State[];
