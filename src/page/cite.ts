import { copyButton } from '../../copy.ts';
import { h } from '../../h.ts';
import type { SystemsQuestion } from '../../../report/systems/shape.ts';

/** Buttons that copy a link to what is shown, and a citation of it with the version that says it. */
export function citing({ id, title }: Pick<SystemsQuestion, 'id' | 'title'>, bindspec: string): HTMLElement {
  return h(
    'p',
    { class: 'citing' },
    copyButton('Copy a link', () => location.href),
    ' ',
    copyButton('Copy a citation', () => `bindspec ${bindspec}, "${title}" (${id}), ${location.href}`),
  );
}
