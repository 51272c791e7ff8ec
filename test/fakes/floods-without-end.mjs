// Prints for ever and never ends the line.
import { hello } from './_agent.mjs';

hello();
const much = 'x'.repeat(1 << 20);
const more = () => process.stdout.write(much, more);
more();
