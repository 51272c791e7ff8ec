import process from 'node:process';

/** Tells bindspec on an emulated machine how many times slower than usual that may be. */
const PACE_VARIABLE = 'BINDSPEC_PACE';

/** A time that agents are given, in milliseconds, stretched where bindspec runs on a machine that is known to be slow. */
export function grace(usual: number): number {
  const pace = Number(process.env[PACE_VARIABLE] ?? 1);
  return Number.isFinite(pace) && pace >= 1 ? usual * pace : usual;
}
