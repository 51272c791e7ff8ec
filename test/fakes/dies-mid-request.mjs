// Ends, in the middle of a line, when it is asked something.
import { hello, requests } from './_agent.mjs';

hello();
requests(({ id }) => {
  process.stdout.write(`{"id":${id},"resu`, () => process.exit(3));
});
