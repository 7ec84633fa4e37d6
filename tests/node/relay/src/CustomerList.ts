import { graphql } from 'relay-runtime';

export const query = graphql`
  query CustomerListQuery($count: Int!, $cursor: String, $filter: CustomerFilter) {
    ...CustomerList_customers @arguments(count: $count, cursor: $cursor, filter: $filter)
  }
`;

export const customers = graphql`
  fragment CustomerList_customers on Query
  @refetchable(queryName: "CustomerListPaginationQuery")
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
    filter: { type: "CustomerFilter" }
  ) {
    customers(first: $count, after: $cursor, filter: $filter)
      @connection(key: "CustomerList_customers", filters: ["filter"]) {
      edges {
        node {
          id
          ...CustomerRow_customer
        }
      }
    }
  }
`;
