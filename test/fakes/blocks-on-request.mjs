// Its event loop stands still from the first request on: it sees neither the end of stdin nor a signal.
import { block, hello, requests } from './_agent.mjs';

process.on('SIGTERM', () => undefined);
hello();
requests(() => block());
