import { h } from './h.ts';
import { chooseHere, readPlace } from './place.ts';

const THEMES = ['light', 'dark'] as const;

/** Makes the page look as it was chosen; as the reader's system wants it where nothing was. */
export function wearTheme(chosen: string | undefined): void {
  const theme = THEMES.find((one) => one === chosen);
  if (theme === undefined) delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** What switches between light and dark; the choice is in the address, and kept from view to view. */
export function themeSwitch(): HTMLElement {
  const button = h('button', { type: 'button', class: 'theme' });
  const other = () => {
    const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    return (readPlace(location.hash).chosen['theme'] ?? system) === 'dark' ? 'light' : 'dark';
  };
  const tell = () => (button.textContent = `Switch to ${other()}`);
  tell();
  button.addEventListener('click', () => {
    const next = other();
    chooseHere({ theme: next });
    wearTheme(next);
    tell();
    // Links that are on the page carry the theme of the address that they were made at.
    dispatchEvent(new Event('hashchange'));
  });
  return button;
}
