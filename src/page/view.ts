import type { PageData } from '../report/page/data.ts';
import type { PagePlace } from './place.ts';

/** One kind of thing that the page shows. */
export interface View {
  /** The first part of its addresses. */
  readonly id: string;
  /** What it is called in the navigation, and in the title of the window. */
  readonly title: string;
  /** Whether it is left out of the navigation, because it is of one thing that is linked from elsewhere. */
  readonly hidden?: boolean;
  /**
   * Shows it in an element that is empty and in the document. It is built again whenever the address changes
   * differently from by `choose`. It has one `h1`. A promise it returns is waited for; what it throws is reported to the
   * reader.
   */
  readonly mount: (root: HTMLElement, place: PagePlace, data: PageData) => void | Promise<void>;
}
