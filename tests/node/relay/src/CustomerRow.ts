import { graphql } from 'relay-runtime';

export const customer = graphql`
  fragment CustomerRow_customer on Customer
  @refetchable(queryName: "CustomerRowTouchpointsQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }) {
    name
    version
    touchpoints(first: $count, after: $cursor) @connection(key: "CustomerRow_touchpoints") {
      edges {
        node {
          id
          channel
          occurredAt
        }
      }
    }
  }
`;

export const rename = graphql`
  mutation CustomerRowRenameMutation($input: UpdateCustomerInput!) {
    updateCustomer(input: $input) {
      customer {
        ...CustomerRow_customer
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`;

export const changes = graphql`
  subscription CustomerRowSubscription($id: ID!) {
    customerChanged(id: $id) {
      operation
      origin
      node {
        ...CustomerRow_customer
      }
    }
  }
`;
