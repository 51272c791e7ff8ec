// Is of another version.
import { hello, requests } from './_agent.mjs';

hello({ protocol: 999, clock: 'of another shape' });
requests(() => undefined);
