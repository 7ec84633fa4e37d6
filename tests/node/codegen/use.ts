import type { AnyNodeQuery, ChangesSubscription, CustomersQuery, RenameMutation } from './types';

export const names = (data: CustomersQuery): string[] => data.customers.edges.map(({ node }) => node.name);
export const next = (data: CustomersQuery): string | null | undefined => data.customers.pageInfo.endCursor;
export const order = (data: AnyNodeQuery): string | null | undefined =>
  data.node?.__typename === 'Order' ? data.node.number : undefined;
export const refused = (data: RenameMutation): boolean => (data.updateCustomer?.userErrors.length ?? 0) > 0;
export const deleted = (data: ChangesSubscription): boolean => data.customerChanged.operation === 'DELETED';

// @ts-expect-error The name of a customer is text.
export const wrong = (data: CustomersQuery): number[] => data.customers.edges.map(({ node }) => node.name);
