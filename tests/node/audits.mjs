// The audits of graphql-http against the server at URL, as a list of {id, name, status, reason}.
import { serverAudits } from 'graphql-http';

const { URL: url, TOKEN: token } = process.env;
const fetchFn = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });

const results = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const { id, name, status, reason } = await audit.fn();
  results.push({ id, name, status, reason });
}
console.log(JSON.stringify(results));
