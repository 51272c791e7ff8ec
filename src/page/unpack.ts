import type { Pack } from '../report/page/data.ts';

const opened = new Map<number, Promise<unknown>>();

/** What is in a pack; it is unpacked once. @throws Error where the browser can't. */
export function unpack<T>(pack: Pack<T>): Promise<T> {
  const known = opened.get(pack) ?? read(pack).then(inflated);
  opened.set(pack, known);
  return known as Promise<T>;
}

/** The packs are after the script in the page, so that they may not be there yet. */
async function read(pack: number): Promise<string> {
  if (document.readyState === 'loading') {
    await new Promise((resolve) => {
      document.addEventListener('DOMContentLoaded', resolve, { once: true });
    });
  }
  return document.querySelector(`#pack-${pack}`)?.textContent ?? '';
}

async function inflated(base64: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.codePointAt(0) ?? 0);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).json();
}
