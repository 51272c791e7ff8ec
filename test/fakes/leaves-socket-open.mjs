// Does as it should, but a socket stays open after a reset.
import { hello, requests, results, say } from './_agent.mjs';

hello();
requests(({ id, operations }) =>
  say({ id, results: results(operations).map((one) => ('open' in one ? { ...one, open: 1 } : one)) }),
);
