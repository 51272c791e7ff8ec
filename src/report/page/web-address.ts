/** An address that may be linked to: one of the web. What else a record may hold, such as `javascript:`, is not. */
export function isWebAddress(url: string | null): url is string {
  if (url === null || !URL.canParse(url)) return false;
  return ['http:', 'https:'].includes(new URL(url).protocol);
}
