// Never answers, but ends as it should.
import { hello, requests } from './_agent.mjs';

hello();
requests(() => undefined);
