export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A ratio of two medians with the figures it comes from. */
export function ratio(what: string, above: readonly number[], below: readonly number[]): string {
  const [a, b] = [median(above), median(below)];
  return `${(a / b).toFixed(2)}  ${what}  (${a.toFixed(1)} ms / ${b.toFixed(1)} ms, medians of ${above.length} and ${below.length})`;
}
