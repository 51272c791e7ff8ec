// Leaves the last result out.
import { hello, requests, results, say } from './_agent.mjs';

hello();
requests(({ id, operations }) => say({ id, results: results(operations).slice(1) }));
