// Makes the script and the style of the page of reports, which `bindspec report` writes into it; part of `npm run build`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'rolldown';

mkdirSync('dist/page', { recursive: true });
const styles = ['page', 'matrix/matrix', 'explain/explain'].map((name) => readFileSync(`src/page/${name}.css`, 'utf8'));
writeFileSync('dist/page/page.css', styles.join('\n'));
await build({
  input: 'src/page/main.ts',
  platform: 'browser',
  tsconfig: 'src/page/tsconfig.json',
  output: { file: 'dist/page/page.js', format: 'iife', minify: true },
});
