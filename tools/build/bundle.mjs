import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'rolldown';
import { licencesOf } from './licences.mjs';

/** What is started on its own of the command: all of it shares the rest. Below `src`. */
const PROGRAMS = ['cli/main', 'relay/join', 'relay/serve', 'stack/guest/inside'];
/** Comments but those of licences are left out, names are kept, so that a trace of the stack can be read. */
const COMMONJS = {
  format: 'cjs',
  dynamicImportInCjs: false,
  comments: { legal: true, annotation: false, jsdoc: false },
};
/**
 * The pieces of which each is loaded whole by a command that people wait for, with what it imports, but for what is in one
 * of those before it; all else is divided by who uses it.
 */
const PIECES = { start: 'cli/command-line', list: 'cli/list', explain: 'cli/explain', run: 'cli/run' };
const STYLES = ['page', 'matrix/matrix', 'explain/explain'];

/**
 * Makes few files of many, because to open, to parse and to link hundreds of modules is most of the time of a short
 * command. What is installed beside the package, and is not one of its files, is koffi alone, which is a compiled one.
 *
 * - `src/`: the programs and the pieces that they load, as CommonJS, which Node starts sooner than modules. The libraries
 *   that they use are in there, with their licences in a file beside them.
 * - `src/agent/`: the agent, whole, in one file of them.
 * - `src/model/`: the models, for programs that import them.
 * - `bench/`, `tools/`: what is for who works on bindspec.
 * - `page/`: the script and the style of the page of reports.
 */
export async function bundle(root, compiled, to) {
  const src = path.join(compiled, 'src');
  const programs = await build({
    // The names of the modules, in comments of what is made, are below it.
    cwd: compiled,
    input: Object.fromEntries(PROGRAMS.map((name) => [name, path.join(src, `${name}.js`)])),
    platform: 'node',
    external: 'koffi',
    plugins: [listedSuites(compiled)],
    output: {
      ...COMMONJS,
      dir: path.join(to, 'src'),
      chunkFileNames: 'pieces/[name]-[hash].js',
      codeSplitting: {
        groups: Object.entries(PIECES).map(([name, module]) => whole(name, path.join(src, `${module}.js`))),
      },
    },
  });
  const agents = await agent(compiled, to);
  await library(compiled, to);
  // Whatever the manifest of the package says of its sources.
  writeFileSync(path.join(to, 'src/package.json'), '{ "type": "commonjs" }\n');
  writeFileSync(path.join(to, 'src/LICENCES.txt'), licencesOf(root, [...programs.output, ...agents]));
  chmodSync(path.join(to, 'src/cli/main.js'), 0o755);

  const tools = readdirSync(path.join(compiled, 'tools')).filter((name) => name.endsWith('.js'));
  await build({
    cwd: compiled,
    input: {
      'bench/main': path.join(compiled, 'bench/main.js'),
      ...Object.fromEntries(
        tools.map((name) => [`tools/${path.parse(name).name}`, path.join(compiled, 'tools', name)]),
      ),
    },
    platform: 'node',
    external: ['koffi', 'playwright-core', 'yaml'],
    plugins: [listedSuites(compiled)],
    output: { dir: to, format: 'esm', chunkFileNames: 'tools/pieces/[name].js' },
  });
  await page(root, path.join(to, 'page'));
}

/** The models as one module for other programs, which import it as `bindspec/models`. It needs no library. */
async function library(compiled, to) {
  const folder = path.join(to, 'src/model');
  await build({
    cwd: compiled,
    input: path.join(compiled, 'src/model/index.js'),
    platform: 'neutral',
    output: { file: path.join(folder, 'index.js'), format: 'esm', codeSplitting: false },
  });
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }\n');
}

/** What starts an agent, as it is, and each module that it requires as one file. Returns the chunks. */
async function agent(compiled, to) {
  const start = path.join('src', 'agent', 'start.cjs');
  mkdirSync(path.join(to, path.dirname(start)), { recursive: true });
  copyFileSync(path.join(compiled, start), path.join(to, start));
  const required = readFileSync(path.join(compiled, start), 'utf8').matchAll(/require\(['"]\.\/(.+?)['"]\)/g);
  const made = [];
  for (const [, file] of required) {
    const input = path.join(path.dirname(start), file);
    const { output } = await build({
      cwd: compiled,
      input,
      platform: 'node',
      external: 'koffi',
      output: { ...COMMONJS, file: path.join(to, input), codeSplitting: false },
    });
    made.push(...output);
  }
  return made;
}

/** The group of a module with all that it imports when it is loaded, however many others import that too. */
function whole(name, entry) {
  const found = new Map([[path.resolve(entry), true]]);
  const isImported = (id, context) => {
    const file = path.resolve(id);
    if (!found.has(file)) {
      found.set(file, false);
      const importers = context.getModuleInfo(id)?.importers ?? [];
      found.set(
        file,
        importers.some((importer) => isImported(importer, context)),
      );
    }
    return found.get(file);
  };
  return { debugName: name, name: (id, context) => (isImported(id, context) ? name : null) };
}

/** In the sources the registry reads the folder of the suites; in a bundle it has them all. */
function listedSuites(compiled) {
  const suites = path.join(compiled, 'suites');
  const registry = path.join(compiled, 'src/experiment/registry.js');
  const files = readdirSync(suites, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => /^[^/]+\/[^_][^/]*\.js$/.test(file))
    .toSorted();
  const imports = files.map((file, index) => `import e${index} from ${JSON.stringify(path.join(suites, file))};`);
  const list = files.map((file, index) => `{ id: ${JSON.stringify(file.slice(0, -3))}, experiment: e${index} }`);
  return {
    name: 'suites',
    load: (id) =>
      path.resolve(id) === registry
        ? `${imports.join('\n')}\nexport const loadRegistry = async () => [${list.join(',\n')}];\n`
        : null,
  };
}

async function page(root, to) {
  const from = path.join(root, 'src/page');
  mkdirSync(to, { recursive: true });
  writeFileSync(
    path.join(to, 'page.css'),
    STYLES.map((name) => readFileSync(path.join(from, `${name}.css`), 'utf8')).join('\n'),
  );
  await build({
    input: path.join(from, 'main.ts'),
    platform: 'browser',
    tsconfig: path.join(from, 'tsconfig.json'),
    output: { file: path.join(to, 'page.js'), format: 'iife', minify: true },
  });
}
