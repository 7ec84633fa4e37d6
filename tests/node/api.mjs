// What the scripts share: where the server is, who asks, and one plain request.
export const url = process.env.URL;
export const token = process.env.TOKEN;
export const authorization = `Bearer ${token}`;
export const CUSTOMER = 'Q3VzdG9tZXI6MQ==';

export const CHANGES = `
  subscription Changes($id: ID) {
    customerChanged(id: $id) { operation version origin node { id name occupation } }
  }
`;

export async function post(query, variables = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

// Changes the customer's occupation, as the token's bearer.
export async function change(occupation) {
  const { customer } = await post('query ($id: ID!) { customer(id: $id) { version } }', { id: CUSTOMER });
  const input = { id: CUSTOMER, expectedVersion: customer.version, occupation };
  const { updateCustomer } = await post(
    `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { userErrors { code message } } }`,
    { input },
  );
  if (updateCustomer.userErrors.length) throw new Error(JSON.stringify(updateCustomer.userErrors));
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
