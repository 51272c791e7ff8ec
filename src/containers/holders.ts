/** Who holds a port, in words: the names of the listeners, or that there are none. */
export function holdersInWords(listeners: readonly string[]): string {
  return listeners.join(', ') || 'no one';
}
