// Prints what some launchers print before the program begins.
import { hello, requests } from './_agent.mjs';

process.stdout.write('Welcome to guinness! You have new mail.\n');
hello();
requests(() => undefined);
