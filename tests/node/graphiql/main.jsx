// GraphiQL on our own API: one bundle, nothing from another host. `node bundle.mjs` writes it to api/graphiql.
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import React from 'react';
import { createRoot } from 'react-dom/client';

const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

const WELCOME = `# 1. dangol token --role marketer
# 2. Put it behind "Bearer " in the headers below.
# 3. Load the schema anew (the round arrows on the left).
{
  viewer { subject role scope }
  customers(first: 5) {
    totalCount
    nodes { id name }
  }
}
`;

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      held += value;
      const parts = held.split('\n\n');
      held = parts.pop();
      for (const part of parts) {
        const data = part.split('\n').find((line) => line.startsWith('data: '));
        if (data) yield JSON.parse(data.slice('data: '.length));
      }
    }
  } finally {
    await reader.cancel();
  }
}

async function fetcher(params, { headers = {}, documentAST } = {}) {
  const operation = documentAST?.definitions.find(
    ({ kind, name }) =>
      kind === 'OperationDefinition' && (!params.operationName || name?.value === params.operationName),
  );
  const streamed = operation?.operation === 'subscription';
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: streamed ? `text/event-stream, ${ACCEPT}` : ACCEPT,
      ...headers,
    },
    body: JSON.stringify(params),
  });
  return response.headers.get('content-type').startsWith('text/event-stream') ? events(response) : response.json();
}

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    defaultQuery={WELCOME}
    defaultHeaders={'{\n  "Authorization": "Bearer "\n}\n'}
    shouldPersistHeaders={false}
  />,
);
