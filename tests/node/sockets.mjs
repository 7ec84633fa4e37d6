// graphql-ws: a change is told; the wrong token is told apart; a query runs over the same connection.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { authorization, change, CHANGES, CUSTOMER, pause, url } from './api.mjs';

const socketUrl = url.replace('http', 'ws');
const client = createClient({
  url: socketUrl,
  webSocketImpl: WebSocket,
  connectionParams: () => ({ Authorization: authorization }),
});

const query = client.iterate({ query: '{ viewer { subject } }' });
const viewer = (await query.next()).value.data;

const changes = client.iterate({ query: CHANGES, variables: { id: CUSTOMER } });
const first = changes.next();
await pause(500);
await change('graphql-ws');
const told = (await first).value.data;
await changes.return();

const strangers = createClient({
  url: socketUrl,
  webSocketImpl: WebSocket,
  retryAttempts: 0,
  connectionParams: { Authorization: 'Bearer nonsense' },
});
const refused = await strangers.iterate({ query: CHANGES }).next().catch((closed) => closed.code);

const invalid = await client.iterate({ query: 'subscription { nope }' }).next().catch((errors) => errors);
await client.dispose();
console.log(JSON.stringify({ viewer, told, refused, invalid: invalid[0].extensions.code }));
