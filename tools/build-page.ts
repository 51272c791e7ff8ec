// Makes the script and the style of the page of reports, which `bindspec report` writes into it; part of `npm run build`.
import { copyFileSync, mkdirSync } from 'node:fs';
import { build } from 'rolldown';

mkdirSync('dist/page', { recursive: true });
copyFileSync('src/page/page.css', 'dist/page/page.css');
await build({
  input: 'src/page/main.ts',
  platform: 'browser',
  tsconfig: 'src/page/tsconfig.json',
  output: { file: 'dist/page/page.js', format: 'iife', minify: true },
});
