import data from './data.ts';
import languages from './languages.ts';
import names from './names.ts';
import npm from './npm.ts';
import python from './python.ts';
import runtimes from './runtimes.ts';
import services from './services.ts';
import tools from './tools.ts';
import web from './web.ts';

/** Every program of the table, in the order of the table. */
export const SERVERS = [...web, ...npm, ...python, ...languages, ...data, ...services, ...names, ...tools, ...runtimes];
