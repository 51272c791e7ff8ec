// Prints what some launchers print before the program begins.
import { hello, requests } from './_agent.mjs';

console.log('Welcome to guinness! You have new mail.');
hello();
requests(() => undefined);
