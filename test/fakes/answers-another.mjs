// Answers a request that nobody made.
import { hello, requests, results, say } from './_agent.mjs';

hello();
requests(({ id, operations }) => say({ id: id + 41, results: results(operations) }));
