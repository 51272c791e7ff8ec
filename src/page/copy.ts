import { h } from './h.ts';

/** A command with a button that copies it. Where there are several, each has a label of its own. */
export function command(text: string, label = 'Command'): HTMLElement {
  const said = h('span', { class: 'hidden', role: 'status' });
  const button = h('button', { type: 'button' }, 'Copy');
  const code = h('code', { tabindex: 0, role: 'region', 'aria-label': label }, text);
  button.addEventListener('click', () => {
    void copied(text, code).then((done) => {
      button.textContent = done ? 'Copied' : 'Selected';
      said.textContent = done ? 'The command is copied' : 'The command is selected; copy it with your keyboard';
      return done;
    });
  });
  return h('div', { class: 'command' }, code, button, said);
}

/** A button that copies a text as it is when it is pressed; where the browser does not let us, it shows it to be copied. */
export function copyButton(label: string, textNow: () => string): HTMLElement {
  const shown = h('code', { class: 'copied', role: 'status' });
  const button = h('button', { type: 'button' }, label);
  button.addEventListener('click', () => {
    const text = textNow();
    shown.textContent = text;
    void copied(text, shown).then((done) => {
      button.textContent = done ? 'Copied' : label;
      return done;
    });
  });
  return h('span', {}, button, ' ', shown);
}

/** Whether it could be copied; where the browser does not let us, it is selected instead. */
async function copied(text: string, element: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(element);
    return false;
  }
}
