import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A page of the documentation. */
export interface Page {
  /** Relative to the root of the project. */
  file: string;
  text: string;
  /** Fenced blocks: the language, and the lines within. */
  blocks: { language: string; text: string }[];
  /** What is left of the text without them. */
  prose: string;
}

/** A page of the project, or of another folder that has its pages. */
export function page(file: string, root = ROOT): Page {
  const text = readFileSync(path.join(root, file), 'utf8');
  const blocks: Page['blocks'] = [];
  const prose = text.replaceAll(/^```(\w*)\n([\s\S]*?)^```$/gm, (_, language: string, inner: string) => {
    blocks.push({ language, text: inner });
    return '';
  });
  return { file, text, blocks, prose };
}

/** The README, the guides, and what else a newcomer reads. */
export function pages(): Page[] {
  const guides = readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...guides.map((name) => `docs/${name}`)].map((file) =>
    page(file),
  );
}

/** The links of a page that lead nowhere: to no file of its project, or to no heading of that file. */
export function brokenLinks({ file, prose }: Page, root = ROOT): string[] {
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
  return targets.filter((target) => !/^https?:/.test(target) && !leads(file, target, root));
}

function leads(from: string, target: string, root: string): boolean {
  const [file = '', anchor] = target.split('#');
  const to = file === '' ? from : path.join(path.dirname(from), file);
  if (!existsSync(path.join(root, to))) return false;
  return anchor === undefined || anchorsOf(page(to, root)).includes(anchor);
}

/** The anchors that a forge gives to headings. */
function anchorsOf({ prose }: Page): string[] {
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Everything that is set as code: lines of fenced blocks, and spans within the prose. */
export function code({ blocks, prose }: Page): string[] {
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span ?? '');
  return [...blocks.flatMap(({ text }) => text.split('\n')), ...spans];
}

/** The rows of the tables in a text, each a list of its cells without the marks around code. */
export function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[ |-]+$/.test(line))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** What stands under a heading, to the next one of the same level or above. */
export function section(text: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const [, after] = text.split(`\n${heading}\n`);
  if (after === undefined) throw new Error(`there is no '${heading}'`);
  return after.split(new RegExp(`^#{1,${level}} `, 'm'))[0] ?? '';
}

/** The experiment that the guide for authors is built around, and the id that the guide gives it. */
export function example(): { id: string; source: string } {
  const { blocks, text } = page('docs/writing-an-experiment.md');
  const source = blocks.find((block) => block.language === 'ts' && block.text.includes('export default experiment('));
  const id = /`suites\/([\w/-]+)\.ts`, whole/.exec(text)?.[1];
  if (!source || id === undefined) throw new Error('the guide has no whole example');
  return { id, source: source.text };
}
