import { h } from './h.ts';

/** A command with a button that copies it. Where a browser does not let a page copy, the text gets selected instead. */
export function commandBox(command: string): HTMLElement {
  const text = h('code', {}, command);
  const button = h('button', { type: 'button', class: 'copy' }, 'Copy');
  const said = h('span', { class: 'hidden', role: 'status' });
  button.addEventListener('click', () => {
    void copy(command, text).then((done) => {
      button.textContent = done ? 'Copied' : 'Selected';
      said.textContent = done ? 'Copied' : 'Selected; copy it with the keyboard';
      setTimeout(() => {
        button.textContent = 'Copy';
        said.textContent = '';
      }, 2000);
    });
  });
  return h('div', { class: 'command' }, text, button, said);
}

async function copy(command: string, text: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(command);
    return true;
  } catch {
    getSelection()?.selectAllChildren(text);
    return false;
  }
}
