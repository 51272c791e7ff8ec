// Answers something that is no JSON.
import { hello, requests } from './_agent.mjs';

hello();
requests(() => console.log('{"id":1,"results":[oops'));
