const NUMBERS_BY_VALUE = new Intl.Collator('en', { numeric: true });

/** Orders names and versions as people read them: numbers within them by their value. */
export function compareAsRead(one: string, other: string): number {
  return NUMBERS_BY_VALUE.compare(one, other);
}

/** Whether a version is older than another, both as numbers with dots; what follows them does not count. */
export function isOlderVersion(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => (/^\d+(\.\d+)*/.exec(text)?.[0] ?? '').split('.').map(Number));
  for (let place = 0; place < (b?.length ?? 0); place += 1) {
    const [left = 0, right = 0] = [a?.[place], b?.[place]];
    if (left !== right) return left < right;
  }
  return false;
}

/**
 * Compares versions of packages: numbers by their value, a tilde before the end of the text, and everything else as text.
 * Source: Debian Policy, section 5.6.12.
 */
export function comparePackageVersions(a: string, b: string): number {
  const [as, bs] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(as.length, bs.length); index += 1) {
    const order = comparePart(as[index] ?? '', bs[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function parts(version: string): string[] {
  return version.match(/\d+|~|[^\d~]+/g) ?? [];
}

function comparePart(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '~' || b === '~') return a === '~' ? -1 : 1;
  if (/^\d/.test(a) && /^\d/.test(b)) return Number(a) - Number(b);
  return a < b ? -1 : 1;
}
