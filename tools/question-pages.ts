import type { Registered } from '../src/experiment/cells.ts';
import type { BindRecord } from '../src/record/record.ts';
import { columnsOf } from '../src/report/comparison/columns.ts';
import { compareRuns } from '../src/report/comparison/compare.ts';
import { svgFile } from '../src/report/drawing/svg-file.ts';
import { questionIndex } from '../src/report/questions/index-page.ts';
import { pictureOf } from '../src/report/questions/picture.ts';
import { questionFiles, questionPage } from '../src/report/questions/page.ts';

/** The platform whose transcripts are drawn first, by its id: the one on which everything can run. */
const DRAWN_FIRST = 'linux-6.18-x64';

/** The pages of all questions and their pictures, by the names of their files in the folder of questions. */
export function questionPages(registry: readonly Registered[], records: readonly BindRecord[]): Map<string, string> {
  const { columns } = columnsOf(
    records.map((record) => ({ file: record.platform.id, record })),
    [],
  );
  const { experiments } = compareRuns(columns, '');
  const compared = new Map(experiments.map((one) => [one.id, one]));
  const drawn = records.toSorted(
    (one, other) => Number(other.platform.id === DRAWN_FIRST) - Number(one.platform.id === DRAWN_FIRST),
  );
  const files = new Map([['README.md', questionIndex(registry)]]);
  for (const registered of registry) {
    const { page, picture: svg } = questionFiles(registered.id);
    const [own, picture] = [compared.get(registered.id), pictureOf(registered.id, drawn)];
    files.set(page, questionPage({ registered, picture, ...(own ? { compared: own } : {}) }));
    if (picture !== null) files.set(svg, svgFile(picture.drawing));
  }
  return files;
}
