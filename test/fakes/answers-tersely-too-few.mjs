// Answers with outcomes, whether it was asked for them or not, and leaves the last one out.
import { hello, requests, say } from './_agent.mjs';

hello();
requests(({ id, operations }) => say({ id, outcomes: operations.slice(1).map(() => 'ok') }));
