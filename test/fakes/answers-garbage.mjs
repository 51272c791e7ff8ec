// Answers something that is not JSON.
import { hello, requests } from './_agent.mjs';

hello();
requests(() => process.stdout.write('{"id":1,"results":[oops\n'));
