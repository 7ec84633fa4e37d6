"""What is asked: the same of three servers, each in its own words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain.selection import ids

CUSTOMERS, TOUCHPOINTS, BRANCHES = 100_000, 1_000_000, 50
VARIATIONS = 100
"""Different requests of each question, so that nobody answers from what it answered before."""


@dataclass(frozen=True)
class Question:
    """`ours` and `peer` are documents; `limit` is the quickest SQL that is known, with at most the parameter $1: JSON
    of many objects is put together as text, and nothing is sorted in steps. `told` gives the n-th variables: ours,
    the peer's, and $1. `over_peer` and `over_limit` are the goals."""

    name: str
    ours: str
    peer: str
    limit: str
    told: Callable[[int], tuple[dict[str, Any], dict[str, Any], int | None]]
    over_peer: float
    over_limit: float


def _customer(n: int) -> tuple[dict[str, Any], dict[str, Any], int]:
    key = 1 + n * 997 % CUSTOMERS
    return {"id": ids.made("Customer", key)}, {"id": str(key)}, key


def _branch(n: int) -> tuple[dict[str, Any], dict[str, Any], int]:
    key = 1 + n % BRANCHES
    return {"branch": ids.made("Branch", key)}, {"branch": str(key)}, key


NESTED = Question(
    "50 customers x 10 latest touchpoints",
    """query Nested($branch: ID!) {
        customers(first: 50, filter: {homeBranch: {id: {eq: $branch}}}, orderBy: [{field: ID}]) {
            nodes { id name touchpoints(first: 10) { nodes { id channel occurredAt subject } } } } }""",
    """query Nested($branch: BigInt!) {
        allCustomers(first: 50, condition: {homeBranchId: $branch}, orderBy: ROW_ID_ASC) {
            nodes { id name touchpointsByCustomerId(first: 10, orderBy: [OCCURRED_AT_DESC, ROW_ID_DESC]) {
                nodes { id channel occurredAt subject } } } } }""",
    """SELECT '{"customers":{"nodes":[' || coalesce(string_agg(node, ','), '') || ']}}' FROM (
        SELECT '{"id":"' || encode(('Customer:' || c.id)::bytea, 'base64') || '","name":' || to_json(c.name)::text
            || ',"touchpoints":{"nodes":[' || coalesce((
                SELECT string_agg(t.node, ',') FROM (
                    SELECT '{"id":"' || encode(('Touchpoint:' || id)::bytea, 'base64') || '","channel":"' || channel
                        || '","occurredAt":"' || to_char(occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                        || '","subject":' || coalesce(to_json(subject)::text, 'null') || '}' AS node
                    FROM touchpoints WHERE customer_id = c.id ORDER BY occurred_at DESC, id DESC LIMIT 10) t), '')
            || ']}}' AS node
        FROM customers c WHERE c.home_branch_id = $1::bigint ORDER BY c.id LIMIT 50) c""",
    _branch,
    1.8,
    0.75,
)

BY_ID = Question(
    "one customer by id",
    "query One($id: ID!) { customer(id: $id) { id name region district joinedOn version } }",
    "query One($id: BigInt!) { customerByRowId(rowId: $id) { id name region district joinedOn version } }",
    """SELECT json_build_object('customer', (SELECT json_build_object(
            'id', encode(('Customer:' || id)::bytea, 'base64'), 'name', name, 'region', region, 'district', district,
            'joinedOn', joined_on, 'version', version) FROM customers WHERE id = $1::bigint))::text""",
    _customer,
    1.0,
    0.75,
)

PAGE = Question(
    "filtered, ordered page of 50 with totalCount",
    """query Page($branch: ID!) {
        customers(first: 50, filter: {homeBranch: {id: {eq: $branch}}}, orderBy: [{field: NAME}]) {
            totalCount nodes { id name region joinedOn } pageInfo { hasNextPage endCursor } } }""",
    """query Page($branch: BigInt!) {
        allCustomers(first: 50, condition: {homeBranchId: $branch}, orderBy: NAME_ASC) {
            totalCount nodes { id name region joinedOn } pageInfo { hasNextPage endCursor } } }""",
    """SELECT '{"customers":{"totalCount":' || (SELECT count(*) FROM customers WHERE home_branch_id = $1::bigint)
            || ',"nodes":[' || coalesce(array_to_string((array_agg(node))[1:50], ','), '')
            || '],"pageInfo":{"hasNextPage":' || (count(*) > 50)::text || ',"endCursor":' || CASE WHEN count(*) > 0 THEN
                '"' || translate(encode(convert_to(array_to_json(ARRAY['1', 'Customer name id',
                    (array_agg(name))[least(count(*), 50)], (array_agg(id))[least(count(*), 50)]::text])::text, 'UTF8'),
                    'base64'), E'\\n', '') || '"' ELSE 'null' END || '}}}' FROM (
        SELECT name, id, '{"id":"' || encode(('Customer:' || id)::bytea, 'base64')
            || '","name":' || to_json(name)::text || ',"region":' || coalesce(to_json(region)::text, 'null')
            || ',"joinedOn":' || coalesce(to_json(joined_on)::text, 'null') || '}' AS node
        FROM customers WHERE home_branch_id = $1::bigint ORDER BY name, id LIMIT 51) c""",
    _branch,
    1.5,
    0.75,
)

SCREEN = Question(
    "customer screen: 20 timeline entries, 5 orders with lines, open grants, points",
    """query Screen($id: ID!) { customer(id: $id) { id name region pointsBalance
        timeline(first: 20) { nodes { __typename
            ... on Touchpoint { id at: occurredAt subject }
            ... on Order { id at: orderedAt number }
            ... on OfferGrant { id at: grantedAt state }
            ... on PointsEntry { id at: occurredAt points } } }
        orders(first: 5) { nodes { id number orderedAt lines(first: 10) { nodes { position quantity } } } }
        grants(first: 10, filter: {state: {eq: PROPOSED}}) { nodes { id grantedAt } } } }""",
    """query Screen($id: BigInt!) { customerByRowId(rowId: $id) { id name region pointsBalance
        benchTimelinesByCustomerId(first: 20, orderBy: [AT_DESC, KIND_DESC, ENTRY_ID_DESC]) {
            nodes { kind entryId at title } }
        ordersByCustomerId(first: 5, orderBy: [ORDERED_AT_DESC, ROW_ID_DESC]) {
            nodes { id number orderedAt orderLinesByOrderId(first: 10, orderBy: POSITION_ASC) {
                nodes { position quantity } } } }
        offerGrantsByCustomerId(first: 10, condition: {state: "PROPOSED"}, orderBy: [GRANTED_AT_DESC, ROW_ID_DESC]) {
            nodes { id grantedAt } } } }""",
    """SELECT '{"customer":' || coalesce((SELECT '{"id":"' || encode(('Customer:' || c.id)::bytea, 'base64')
        || '","name":' || to_json(c.name)::text || ',"region":' || coalesce(to_json(c.region)::text, 'null')
        || ',"pointsBalance":"' || (SELECT coalesce(sum(points), 0) FROM points_entries WHERE customer_id = c.id)
        || '","timeline":{"nodes":[' || coalesce((SELECT string_agg('{"__typename":"' || kind || CASE
                WHEN kind IN ('Case', 'Task', 'Opportunity') THEN '"}'
                ELSE '","id":"' || encode((kind || ':' || id)::bytea, 'base64')
                    || '","at":"' || to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                    || CASE kind WHEN 'Touchpoint' THEN '","subject":' || coalesce(to_json(title)::text, 'null')
                        WHEN 'Order' THEN '","number":' || to_json(title)::text
                        WHEN 'OfferGrant' THEN '","state":"' || title || '"'
                        ELSE '","points":"' || title || '"' END || '}' END, ',') FROM (
            SELECT * FROM (
                (SELECT 'Touchpoint' AS kind, id, occurred_at AS at, subject AS title FROM touchpoints
                 WHERE customer_id = c.id ORDER BY occurred_at DESC, id DESC LIMIT 20)
                UNION ALL (SELECT 'Order', id, ordered_at, number FROM orders
                 WHERE customer_id = c.id ORDER BY ordered_at DESC, id DESC LIMIT 20)
                UNION ALL (SELECT 'OfferGrant', id, granted_at, state FROM offer_grants
                 WHERE customer_id = c.id ORDER BY granted_at DESC, id DESC LIMIT 20)
                UNION ALL (SELECT 'PointsEntry', id, occurred_at, points::text FROM points_entries
                 WHERE customer_id = c.id ORDER BY occurred_at DESC, id DESC LIMIT 20)
                UNION ALL (SELECT 'Case', id, opened_at, NULL FROM cases
                 WHERE customer_id = c.id ORDER BY opened_at DESC, id DESC LIMIT 20)
                UNION ALL (SELECT 'Task', id, created_at, NULL FROM tasks
                 WHERE customer_id = c.id ORDER BY created_at DESC, id DESC LIMIT 20)
                UNION ALL (SELECT 'Opportunity', id, opened_at, NULL FROM opportunities
                 WHERE customer_id = c.id ORDER BY opened_at DESC, id DESC LIMIT 20)
            ) u ORDER BY timezone('UTC', at) DESC, kind DESC, id DESC LIMIT 20) t), '')
        || ']},"orders":{"nodes":[' || coalesce((SELECT string_agg(node, ',') FROM (
            SELECT '{"id":"' || encode(('Order:' || id)::bytea, 'base64') || '","number":' || to_json(number)::text
                || ',"orderedAt":"' || to_char(ordered_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                || '","lines":{"nodes":[' || coalesce((SELECT string_agg(node, ',') FROM (
                    SELECT '{"position":' || position || ',"quantity":"' || quantity || '"}' AS node
                    FROM order_lines WHERE order_id = o.id ORDER BY position LIMIT 10) l), '') || ']}}' AS node
            FROM orders o WHERE customer_id = c.id ORDER BY ordered_at DESC, id DESC LIMIT 5) o), '')
        || ']},"grants":{"nodes":[' || coalesce((SELECT string_agg(node, ',') FROM (
            SELECT '{"id":"' || encode(('OfferGrant:' || id)::bytea, 'base64')
                || '","grantedAt":"' || to_char(granted_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"}' AS node
            FROM offer_grants WHERE customer_id = c.id AND state = 'PROPOSED'
            ORDER BY granted_at DESC, id DESC LIMIT 10) g), '')
        || ']}}' FROM customers c WHERE c.id = $1::bigint), 'null') || '}'""",
    _customer,
    1.5,
    0.7,
)

QUESTIONS = (NESTED, BY_ID, PAGE, SCREEN)
