// Apollo and urql with hashes of documents: what is not registered is asked again with its text.
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { createHash } from 'node:crypto';
import { authorization, url } from './api.mjs';

const requests = { apollo: [], urql: [] };
const noting = (name) => (input, init) => {
  const asked = JSON.parse(init.body);
  const parts = [asked.extensions?.persistedQuery && 'hash', asked.query && 'text'];
  requests[name].push(parts.filter(Boolean).join(' and '));
  return fetch(input, init);
};
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const headers = { authorization };

const apollo = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.from([
    new PersistedQueryLink({ sha256 }),
    new HttpLink({ uri: url, headers, fetch: noting('apollo') }),
  ]),
});
const first = await apollo.query({ query: gql`query Viewer { viewer { subject } }` });
apollo.stop();

const urql = new Client({
  url,
  fetchOptions: { headers },
  fetch: noting('urql'),
  preferGetMethod: false,
  exchanges: [persistedExchange({ generateHash: async (query) => sha256(query), preferGetForPersistedQueries: false }), fetchExchange],
});
const second = await urql.query('query Viewer { viewer { subject } }', {}).toPromise();

console.log(JSON.stringify({ apollo: first.data, urql: second.data, requests }));
