/** Drawing goes on without a pause for so long, in milliseconds: what is drawn still has to be laid out and painted. */
const SPELL = 8;

/** A part waits no longer, in milliseconds, however busy the browser is. */
const LONGEST_WAIT = 500;

/** A page that has just been loaded is painted, and takes a first click, for so long before more is drawn, in milliseconds. */
const FIRST_LOOK = 150;

/** What is still to be drawn into an element, first to last. */
const left = new Map<Element, (() => Node)[]>();

/**
 * Draws the first part of something long into an element at once, and the others when the page is loaded and the browser
 * has nothing else to do: so a reader sees the first part sooner. What an element has left is dropped when the element is
 * no longer in the document.
 * @param parts each makes a piece, in their order; the element is `aria-busy` until the last one is there
 */
export function drawGradually(into: Element, [first, ...rest]: readonly (() => Node)[]): void {
  if (first !== undefined) into.append(first());
  if (rest.length === 0) return;
  left.set(into, rest);
  into.setAttribute('aria-busy', 'true');
  if (document.readyState === 'complete') later(() => drawSome(into));
  else window.addEventListener('load', () => setTimeout(() => drawSome(into), FIRST_LOOK), { once: true });
}

/** Draws all that is left now: to print, or to go back to a place further down. */
export function drawAll(): void {
  for (const [into, parts] of left) while (parts.length > 0) drawNext(into, parts);
}

/** Draws at least one part. */
function drawSome(into: Element): void {
  const parts = left.get(into) ?? [];
  if (!into.isConnected) {
    left.delete(into);
    return;
  }
  const end = performance.now() + SPELL;
  while (parts.length > 0 && performance.now() < end) drawNext(into, parts);
  if (parts.length > 0) later(() => drawSome(into));
}

function drawNext(into: Element, parts: (() => Node)[]): void {
  const part = parts.shift();
  if (part !== undefined) into.append(part());
  if (parts.length > 0) return;
  left.delete(into);
  into.removeAttribute('aria-busy');
}

/** Safari does not tell when it is idle. */
function later(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: LONGEST_WAIT });
  else setTimeout(work);
}

window.addEventListener('beforeprint', drawAll);
