// Gives a result more than was asked.
import { hello, requests, results, say } from './_agent.mjs';

hello();
requests(({ id, operations }) => say({ id, results: results([...operations, { op: 'close' }]) }));
