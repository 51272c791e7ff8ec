// Answers the first request, and then the same over and over.
import { hello, requests, results } from './_agent.mjs';

hello();
requests(({ id, operations }) => {
  const many = `${JSON.stringify({ id, results: results(operations) })}\n`.repeat(10_000);
  const more = () => process.stdout.write(many, more);
  more();
});
