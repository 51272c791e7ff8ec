/** Linux kernels by their versions: from one on, and before another; all of them without either. */
export interface KernelRange {
  readonly from?: string;
  readonly before?: string;
}

/** Kernel ranges in words that follow "Linux": `before 6.1.168, or from 6.2 and before 6.6.131`. */
export function kernelsInWords(ranges: readonly KernelRange[]): string {
  return ranges
    .map(({ from, before }) =>
      [from === undefined ? '' : `from ${from}`, before === undefined ? '' : `before ${before}`]
        .filter((part) => part !== '')
        .join(' and '),
    )
    .join(', or ');
}
