// Answers, but only after so many milliseconds as its argument says.
import { hello, requests, results, say } from './_agent.mjs';

hello();
requests(({ id, operations }) =>
  setTimeout(() => say({ id, results: results(operations) }), Number(process.argv[2] ?? '3600000')),
);
