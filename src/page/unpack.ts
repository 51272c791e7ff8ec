import type { Pack } from '../report/page/data.ts';

const opened = new Map<number, Promise<unknown>>();

/** What is in a pack; it is unpacked once. @throws Error where the browser can't. */
export function unpack<T>(pack: Pack<T>): Promise<T> {
  const known = opened.get(pack) ?? inflated(document.querySelector(`#pack-${Number(pack)}`)?.textContent ?? '');
  opened.set(pack, known);
  return known as Promise<T>;
}

async function inflated(base64: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.codePointAt(0) ?? 0);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).json();
}
