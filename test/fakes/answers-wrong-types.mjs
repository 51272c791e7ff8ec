// The results are of the wrong type.
import { hello, requests, results, say } from './_agent.mjs';

hello();
requests(({ id, operations }) => say({ id, results: results(operations).map((one) => ({ ...one, outcome: 0 })) }));
