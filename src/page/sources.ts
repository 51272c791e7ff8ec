import type { PageData } from '../report/page/data.ts';
import { isWebAddress } from '../report/page/web-address.ts';
import { h } from './h.ts';

/** A document that is cited, linked where it is on the web. */
export function documentLink({ sources }: PageData, id: string): HTMLElement {
  const { title, url } = (Object.hasOwn(sources, id) ? sources[id] : undefined) ?? { title: id, url: null };
  return isWebAddress(url) ? h('a', { href: url, rel: 'noreferrer' }, title) : h('cite', {}, title);
}
