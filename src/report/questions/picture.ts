import type { BindRecord, CellRecord } from '../../record/record.ts';
import { drawingOf } from '../drawing/drawing.ts';
import type { Drawn } from '../drawing/tree.ts';
import { sceneOf } from '../page/scene.ts';

/** A cell of a question as a drawing, and where it was recorded. */
export interface Picture {
  cell: string;
  /** The platform's id. */
  platform: string;
  drawing: Drawn;
}

/** A drawing that is higher than this no longer shows at a glance who asks whom; in pixels. */
const HIGHEST = 700;

/** Among more cells than this, no other is looked for. */
const MOST_CELLS = 24;

/**
 * The drawing of an experiment, from the first record in which anything of it can be drawn: of the first cell in which someone
 * asks and someone holds a socket, and that is not too high to be seen at a glance; otherwise the lowest of the first
 * cells. Null where no transcript has anything to draw.
 */
export function pictureOf(experiment: string, records: readonly BindRecord[]): Picture | null {
  for (const record of records) {
    const own = record.cells.filter((cell) => cell.experiment === experiment).slice(0, MOST_CELLS);
    const drawn = own.flatMap((cell) => drawnCell(cell, record) ?? []);
    const telling = drawn.find((one) => one.telling);
    const [lowest] = drawn.toSorted((one, other) => heightOf(one.picture) - heightOf(other.picture));
    const chosen = telling ?? lowest;
    if (chosen !== undefined) return chosen.picture;
  }
  return null;
}

function heightOf({ drawing }: Pick<Picture, 'drawing'>): number {
  return Number(drawing.attributes['height']);
}

function drawnCell(
  { id, transcript }: CellRecord,
  { platform, lab }: BindRecord,
): { picture: Picture; telling: boolean } | null {
  const parts = sceneOf(transcript);
  const drawing = drawingOf(parts, lab);
  if (drawing === null) return null;
  const hasHolder = parts.some(({ sockets, programs }) => sockets.length + programs.length > 0);
  const hasAsker = parts.some(({ asks }) => asks.length > 0);
  return {
    picture: { cell: id, platform: platform.id, drawing },
    telling: hasHolder && hasAsker && heightOf({ drawing }) <= HIGHEST,
  };
}
