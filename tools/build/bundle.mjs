import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { licencesOf } from './licences.mjs';

/** The command, and what does it in a guest: they share their pieces. Below `src`, as all of these. */
const COMMANDS = ['cli/main', 'stack/guest/inside'];
/** Programs of one file each. */
const PROGRAMS = ['relay/join', 'relay/serve'];
const AGENT = 'agent/start';
/** Comments but those of licences are left out, names are kept, so that a trace of the stack can be read. */
const COMMONJS = {
  format: 'cjs',
  dynamicImportInCjs: false,
  comments: { legal: true, annotation: false, jsdoc: false },
};
/**
 * The pieces that a command which people wait for loads as a whole. Each has its imports, except those in a piece
 * before it; all other modules are divided by who uses them.
 */
const PIECES = {
  start: 'cli/command-line',
  models: 'model/index',
  // What explanations and experiments share.
  plans: 'plan/play',
  notation: 'plan/notation',
  explain: 'cli/explain',
  list: 'cli/list',
  suites: 'experiment/registry',
  run: 'cli/run',
};
/** The modules that other programs import. */
const LIBRARY = ['models', 'explain'];
const STYLES = ['page', 'systems/systems', 'matrix/matrix', 'explain/explain', 'receivers/receivers'];

/**
 * Makes few files of many, because to open, to parse and to link hundreds of modules is most of the time of a short
 * command. What is installed beside the package, and is not one of its files, is koffi alone, which is a compiled one.
 *
 * - `src/`: the command and the pieces that it loads, as CommonJS, which Node starts sooner than modules. The libraries
 *   that they use are in there, with their licences in a file beside them.
 * - `src/relay/`, `src/agent/`: programs of one file each; what starts the agent is another, as it is in the sources.
 * - `src/library/`: the models and explanations, for programs that import them. `src/model/` has the models too.
 * - `bench/`, `tools/`: what is for who works on bindspec.
 * - `page/`: the script and the style of the page of reports.
 */
export async function bundle(root, compiled, to) {
  const src = path.join(compiled, 'src');
  const commands = await build({
    // The names of the modules, in comments of what is made, are below it.
    cwd: compiled,
    input: Object.fromEntries(COMMANDS.map((name) => [name, path.join(src, `${name}.js`)])),
    platform: 'node',
    external: 'koffi',
    plugins: [listedSuites(compiled), await madeListing(compiled), programsLater()],
    output: {
      ...COMMONJS,
      dir: path.join(to, 'src'),
      chunkFileNames: 'pieces/[name]-[hash].js',
      codeSplitting: {
        groups: Object.entries(PIECES).map(([name, module]) => whole(name, path.join(src, `${module}.js`))),
      },
    },
  });
  await library(compiled, to);
  const programs = [...PROGRAMS.map((name) => `${name}.js`), ...startOfAgent(compiled, to)];
  const chunks = [...commands.output];
  for (const program of programs) chunks.push(...(await oneFile(compiled, to, program)));
  // Whatever the manifest of the package says of its sources.
  writeFileSync(path.join(to, 'src/package.json'), '{ "type": "commonjs" }\n');
  writeFileSync(path.join(to, 'src/LICENCES.txt'), licencesOf(root, chunks));
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

/** What other programs import: `bindspec/models` and `bindspec/explain`. They share their pieces, and need no library. */
async function library(compiled, to) {
  const folder = path.join(to, 'src/library');
  await build({
    cwd: compiled,
    input: Object.fromEntries(LIBRARY.map((name) => [name, path.join(compiled, `src/library/${name}.js`)])),
    platform: 'neutral',
    output: { dir: folder, format: 'esm', chunkFileNames: 'pieces/[name].js' },
  });
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }\n');
  // A program that has a build, and not the package, knows the models by the path that they have in the sources.
  const models = path.join(to, 'src/model');
  mkdirSync(models, { recursive: true });
  writeFileSync(path.join(models, 'index.js'), "export * from '../library/models.js';\n");
  writeFileSync(path.join(models, 'package.json'), '{ "type": "module" }\n');
}

/** Takes over what starts an agent as it is. Returns the modules that it requires, below `src`. */
function startOfAgent(compiled, to) {
  const file = path.join('src', `${AGENT}.cjs`);
  mkdirSync(path.join(to, path.dirname(file)), { recursive: true });
  copyFileSync(path.join(compiled, file), path.join(to, file));
  const required = readFileSync(path.join(compiled, file), 'utf8').matchAll(/require\(['"]\.\/(.+?)['"]\)/g);
  return Array.from(required, ([, name]) => `${path.posix.dirname(AGENT)}/${name}`);
}

/** Makes one file of a program and all that it imports. Returns the chunks. */
async function oneFile(compiled, to, program) {
  const { output } = await build({
    cwd: compiled,
    input: path.join(compiled, 'src', program),
    platform: 'node',
    external: 'koffi',
    output: { ...COMMONJS, file: path.join(to, 'src', program), codeSplitting: false },
  });
  return output;
}

/**
 * The group of a module with all that it imports when it is loaded, however many others import that too. The module
 * must not be a program: the pieces that import its group would run it.
 */
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

/** In the sources the folder of the suites is read; in a bundle it is all there. */
function listedSuites(compiled) {
  const suites = path.join(compiled, 'suites');
  const loader = path.join(compiled, 'src/experiment/suites.js');
  const files = readdirSync(suites, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => /^[^/]+\/[^_][^/]*\.js$/.test(file))
    .toSorted();
  const known = files.filter((file) => file.startsWith('known/'));
  const experiments = files.filter((file) => !file.startsWith('known/'));
  const imported = (name, file) => `import ${name} from ${JSON.stringify(path.join(suites, file))};`;
  const listed = (id, index) => `{ id: ${JSON.stringify(id.slice(0, -3))}, experiment: e${index} }`;
  const module = [
    ...experiments.map((file, index) => imported(`e${index}`, file)),
    ...known.map((file, index) => imported(`k${index}`, file)),
    imported('recorded', 'known/_recorded.js'),
    `const experiments = [${experiments.map(listed).join(',\n')}];`,
    `const known = [${known.map((_, index) => `k${index}`).join(', ')}];`,
    'export const loadSuites = async () => ({ experiments, known, recorded });',
    '',
  ];
  return { name: 'suites', load: (id) => (path.resolve(id) === loader ? module.join('\n') : null) };
}

/** What `bindspec list` tells is made here, of the experiments as they are compiled, so that it loads none of them. */
async function madeListing(compiled) {
  const loader = path.join(compiled, 'src/experiment/listing.js');
  const { loadListing } = await import(pathToFileURL(loader).href);
  const text = JSON.stringify(JSON.stringify(await loadListing()));
  const module = `export const loadListing = async () => JSON.parse(${text});\n`;
  return { name: 'listing', load: (id) => (path.resolve(id) === loader ? module : null) };
}

/**
 * commander starts programs for commands that are separate programs; bindspec has none. The modules for that take
 * longer to load than commander itself.
 * @throws Error when commander has another line for it
 */
function programsLater() {
  const line = "const childProcess = require('node:child_process');";
  const later = "const childProcess = { spawn: (...words) => require('node:child_process').spawn(...words) };";
  return {
    name: 'programs later',
    transform(code, id) {
      if (!/[/\\]commander[/\\]lib[/\\]command\.js$/.test(id)) return null;
      if (!code.includes(line)) throw new Error(`commander has no line '${line}' any more: see programsLater`);
      return code.replace(line, later);
    },
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
