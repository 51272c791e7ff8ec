/** A number with its noun, like `1 pair` or `12,000 pairs`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${inThousands(count)} ${count === 1 ? noun : plural}`;
}

/** As toLocaleString writes a whole number in en-US, for which a short command would load tables of every language first. */
function inThousands(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
