// Greets without saying what it is.
import { requests, say } from './_agent.mjs';

say({ protocol: 3, pid: process.pid });
requests(() => undefined);
