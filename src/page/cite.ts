import { copyButton } from './copy.ts';
import { h } from './h.ts';

/**
 * Buttons that copy a link to what is shown, and a citation of it with the version that says it.
 * @param whatNow what is shown when a button is pressed, in words
 */
export function citing(whatNow: () => string, bindspec: string): HTMLElement {
  return h(
    'p',
    { class: 'citing' },
    copyButton('Copy a link', () => location.href),
    ' ',
    copyButton('Copy a citation', () => `bindspec ${bindspec}, ${whatNow()}, ${location.href}`),
  );
}
