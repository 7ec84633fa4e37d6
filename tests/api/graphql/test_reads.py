"""Reads: what each kind of field answers, in one statement."""

from tests.api.graphql.asking import Api, Counted


class TestOneStatement:
    async def test_several_deep_root_fields_are_one_statement(self, api: Api) -> None:
        await api.data("{ viewer { subject } }")
        Counted.statements.clear()

        await api.data("""{
            customers(first: 3) {
                nodes { name orders(first: 2) { nodes { lines(first: 2) { nodes { product { name } } } } } }
            }
            offers(first: 2) { nodes { grants(first: 2) { totalCount nodes { customer { name } } } } }
            products(first: 2) { nodes { category { path } } }
        }""")

        assert len(Counted.statements) == 1

    async def test_a_hand_written_field_beside_them_adds_no_statement(self, api: Api) -> None:
        await api.data("{ viewer { subject } }")
        Counted.statements.clear()

        data = await api.data("{ viewer { role } customers(first: 1) { nodes { id } } }")

        assert data["viewer"] == {"role": "ADMIN"}
        assert len(Counted.statements) == 1

    async def test_names_of_types_alone_ask_the_store_nothing(self, api: Api) -> None:
        await api.data("{ viewer { subject } }")
        Counted.statements.clear()

        data = await api.data("{ __typename t: __typename }")

        assert data == {"__typename": "Query", "t": "Query"}
        assert Counted.statements == []


class TestValues:
    async def test_text_with_quotes_controls_and_separators_comes_as_it_is(self, api: Api) -> None:
        data = await api.data(
            '{ customers(first: 9, filter: {name: {contains: "\\\\"}}) { nodes { name } } }'
        )

        assert {node["name"] for node in data["customers"]["nodes"]} == {
            'O\'Neil "the\\slash" \u2028\U0001f600'
        }

    async def test_times_are_in_utc_to_the_microsecond(self, api: Api) -> None:
        data = await api.data(
            "{ customers(first: 1, orderBy: [{field: CREATED_AT}]) { nodes { createdAt } } }"
        )

        assert data["customers"]["nodes"] == [{"createdAt": "2025-12-31T14:59:59.999999Z"}]

    async def test_the_first_of_january_of_the_year_one_is_a_date(self, api: Api) -> None:
        data = await api.data(
            '{ customers(first: 9, filter: {joinedOn: {lt: "0002-01-01"}}) { nodes { joinedOn } } }'
        )

        assert {node["joinedOn"] for node in data["customers"]["nodes"]} == {"0001-01-01"}

    async def test_amounts_of_documents_have_the_scale_of_their_currency(self, api: Api) -> None:
        data = await api.data(
            "{ offers(first: 9, orderBy: [{field: CODE}]) { nodes { code value { amount currency } } } }"
        )

        assert data["offers"]["nodes"] == [
            {"code": "F1", "value": None},
            {"code": "F2", "value": {"amount": "5000", "currency": "KRW"}},
            {"code": "F3", "value": {"amount": "1.50", "currency": "GBP"}},
        ]

    async def test_unit_prices_keep_the_digits_they_have(self, api: Api) -> None:
        data = await api.data(
            "{ products(first: 9, orderBy: [{field: CODE}]) { nodes { listPrice { amount } unitCost { amount } } } }"
        )

        assert data["products"]["nodes"] == [
            {"listPrice": {"amount": "4500"}, "unitCost": {"amount": "1200.5"}},
            {"listPrice": {"amount": "12.50"}, "unitCost": None},
            {"listPrice": {"amount": "0.001"}, "unitCost": {"amount": "0.0005"}},
            {"listPrice": None, "unitCost": None},
        ]

    async def test_an_orders_revenue_is_summed_unrounded_and_rounded_once(self, api: Api) -> None:
        # Lines of order N2 (the 9th): 1 x 4500, 2 x 12.345 - 0.5, -1 x 0.001, 4 x 7 = 4552.189 won.
        data = await api.data("""{ orders(first: 1, filter: {sourceId: {eq: "O9"}}) { nodes {
            netRevenue { amount currency } lines(first: 4) { nodes { netRevenue { amount } quantity } } } } }""")

        [order] = data["orders"]["nodes"]
        assert order["netRevenue"] == {"amount": "4552", "currency": "KRW"}
        assert order["lines"]["nodes"] == [
            {"netRevenue": {"amount": "4500"}, "quantity": "1.000"},
            {"netRevenue": {"amount": "24.19"}, "quantity": "2.000"},
            {"netRevenue": {"amount": "-0.001"}, "quantity": "-1.000"},
            {"netRevenue": {"amount": "28"}, "quantity": "4.000"},
        ]

    async def test_an_order_without_lines_brought_nothing(self, api: Api) -> None:
        data = await api.data(
            '{ orders(first: 1, filter: {sourceId: {eq: "O10"}}) { nodes { netRevenue { amount currency } } } }'
        )

        assert data["orders"]["nodes"] == [{"netRevenue": {"amount": "0.00", "currency": "GBP"}}]

    async def test_a_category_says_its_path_from_the_top(self, api: Api) -> None:
        data = await api.data(
            '{ products(first: 1, filter: {code: {eq: "P1"}}) { nodes { category { name path parent { path } } } } }'
        )

        assert data["products"]["nodes"] == [
            {
                "category": {
                    "name": "커피",
                    "path": ["식품", "음료", "커피"],
                    "parent": {"path": ["식품", "음료"]},
                }
            }
        ]

    async def test_an_offer_says_its_way_through_the_tree(self, api: Api) -> None:
        data = await api.data("{ offers(first: 9, orderBy: [{field: CODE}]) { nodes { path } } }")

        assert [node["path"] for node in data["offers"]["nodes"]] == [
            ["core"],
            ["benefit", "proactive", "monetary", "direct", "gift"],
            ["benefit", "reward", "non_monetary", "esteem", "thank_you_letter"],
        ]

    async def test_a_customers_figures_leave_out_credit_notes_but_not_their_money(self, api: Api) -> None:
        # Customer 2 has order 2 of 4524.19, 8 of 4524.189, 14 (a credit note) of -4519.846, and 20 without lines.
        data = await api.data("""{ customerBy(key: {external: {system: "erp", id: "erp-2"}}) {
            orderCount lastOrderAt netRevenue { amount currency } orders(first: 9) { totalCount } } }""")

        assert data["customerBy"] == {
            "orderCount": 2,
            "lastOrderAt": "2026-02-05T00:00:00.000000Z",
            "netRevenue": [{"amount": "4529", "currency": "KRW"}],
            "orders": {"totalCount": 4},
        }


class TestShapeOfAnAnswer:
    async def test_keys_come_in_the_order_of_their_first_occurrence(self, api: Api) -> None:
        response = await api.post("""
            query { customers(first: 1) { nodes { b: name ...F a: name id } totalCount } }
            fragment F on Customer { a: name homeBranch { name } kind }
        """)

        [node] = response.json()["data"]["customers"]["nodes"]
        assert list(node) == ["b", "a", "homeBranch", "kind", "id"]

    async def test_a_field_asked_twice_answers_all_that_is_below(self, api: Api) -> None:
        data = await api.data("""
            { touchpoints(first: 1, filter: {customer: {id: {in: ["Q3VzdG9tZXI6Nw=="]}}}) {
                nodes { customer { id } } nodes { customer { kind ... on Node { i: id } } } } }
        """)

        assert data["touchpoints"]["nodes"] == [
            {"customer": {"id": "Q3VzdG9tZXI6Nw==", "kind": "PERSON", "i": "Q3VzdG9tZXI6Nw=="}}
        ]

    async def test_what_is_skipped_or_not_included_is_not_there(self, api: Api) -> None:
        data = await api.data(
            """query($no: Boolean!, $yes: Boolean!) { customers(first: 1) {
                nodes { id @skip(if: $yes) kind @include(if: $yes) name @include(if: $no) }
                totalCount @skip(if: $no) } }""",
            {"no": False, "yes": True},
        )

        assert data == {"customers": {"nodes": [{"kind": "PERSON"}], "totalCount": 14}}

    async def test_the_answer_is_compact(self, api: Api) -> None:
        response = await api.post("{ customers(first: 1, orderBy: {field: ID}) { nodes { id kind } } }")

        data = '{"data":{"customers":{"nodes":[{"id":"Q3VzdG9tZXI6MQ==","kind":"PERSON"}]}},"extensions":'
        assert response.text.startswith(data)


class TestNodes:
    async def test_a_node_is_found_by_its_id_whatever_its_type(self, api: Api) -> None:
        data = await api.data(
            """query($c: ID!, $o: ID!) {
                c: node(id: $c) { __typename id ... on Customer { name } ... on Offer { code } }
                o: node(id: $o) { __typename id ... on Customer { name } ... on Offer { code } } }""",
            {"c": "Q3VzdG9tZXI6MQ==", "o": "T2ZmZXI6Mg=="},
        )

        assert data == {
            "c": {"__typename": "Customer", "id": "Q3VzdG9tZXI6MQ==", "name": "이두리"},
            "o": {"__typename": "Offer", "id": "T2ZmZXI6Mg==", "code": "F2"},
        }

    async def test_nodes_come_in_the_order_of_their_ids_with_null_for_the_absent(self, api: Api) -> None:
        ids = ["T2ZmZXI6Mg==", "Q3VzdG9tZXI6MQ==", "T2ZmZXI6OTk5", "Q3VzdG9tZXI6MQ=="]

        data = await api.data("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids})

        assert data["nodes"] == [{"id": ids[0]}, {"id": ids[1]}, None, {"id": ids[3]}]

    async def test_no_ids_are_no_nodes(self, api: Api) -> None:
        assert await api.data("{ nodes(ids: []) { id } }") == {"nodes": []}

    async def test_an_absent_node_is_null(self, api: Api) -> None:
        assert await api.data('{ node(id: "Q3VzdG9tZXI6OTk5") { id } }') == {"node": None}

    async def test_a_customer_is_found_by_the_id_of_another_system(self, api: Api) -> None:
        data = await api.data(
            "query($k: CustomerKey!) { customerBy(key: $k) { id externalIds { system id } } }",
            {"k": {"external": {"system": "shop", "id": "shop-4"}}},
        )

        assert data["customerBy"] == {
            "id": "Q3VzdG9tZXI6NA==",
            "externalIds": [{"system": "erp", "id": "erp-4"}, {"system": "shop", "id": "shop-4"}],
        }

    async def test_the_two_parts_of_an_external_id_belong_together(self, api: Api) -> None:
        data = await api.data('{ customerBy(key: {external: {system: "erp", id: "shop-4"}}) { id } }')

        assert data == {"customerBy": None}
