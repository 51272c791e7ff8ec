// Answers a request that no one made.
import { hello, requests, results, say } from './_agent.mjs';

hello();
requests(({ id, operations }) => say({ id: id + 41, results: results(operations) }));
