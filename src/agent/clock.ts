/** Milliseconds on the system's monotonic clock, which all processes of one machine share. */
export function clock(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
