import { drawAll } from './gradual.ts';

/** How far down a reader was, on the page and in the table that scrolls by itself. */
interface Position {
  page: number;
  table: number;
}

/** A pause in scrolling after which the position is kept, in milliseconds. */
const PAUSE = 120;

/** Keeps where the reader is with each entry of the browser's history, so that going back leads there. */
export function keepPositions(): void {
  history.scrollRestoration = 'manual';
  let timer = 0;
  const keep = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const position: Position = { page: scrollY, table: table()?.scrollTop ?? 0 };
      history.replaceState(position, '');
    }, PAUSE);
  };
  // What scrolls inside the page tells only those who capture.
  document.addEventListener('scroll', keep, { capture: true, passive: true });
}

/** Goes to where the reader was at this entry of the history; nowhere, if it is a new one. */
export function returnToPosition(): void {
  const position = history.state as Position | null;
  if (position === null) return;
  drawAll();
  scrollTo(0, position.page);
  const element = table();
  if (element) element.scrollTop = position.table;
}

function table(): Element | null {
  return document.querySelector('main .scroll.wide');
}
