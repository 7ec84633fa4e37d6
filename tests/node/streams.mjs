// graphql-sse, distinct connections: a change is told; the wrong token has its status.
import { createClient } from 'graphql-sse';
import { authorization, change, CHANGES, CUSTOMER, pause, url } from './api.mjs';

const client = createClient({ url, headers: { authorization } });
const changes = client.iterate({ query: CHANGES, variables: { id: CUSTOMER } });
const first = changes.next();
await pause(500);
await change('graphql-sse');
const told = (await first).value.data;
await changes.return();

const strangers = createClient({ url, headers: { authorization: 'Bearer nonsense' }, retryAttempts: 0 });
const refused = await strangers.iterate({ query: CHANGES }).next().catch((error) => error.response.status);
client.dispose();
console.log(JSON.stringify({ told, refused }));
