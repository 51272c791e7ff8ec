// Answers, but after the deadline.
import { hello, requests, results, say } from './_agent.mjs';

hello();
requests(({ id, operations }) => setTimeout(() => say({ id, results: results(operations) }), 1500));
