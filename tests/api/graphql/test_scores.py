"""Scores of customers as the API shows them, and customers by their cell."""

from tests.api.graphql.asking import Api


class TestScores:
    async def test_a_customer_shows_what_holds_and_what_was(self, api: Api) -> None:
        document = """{
            customers(first: 1, filter: {id: {eq: "%s"}}) { nodes {
                rfmScores(first: 50) { nodes {
                    scheme cell validFrom validTo meanOrderValue { amount currency } schemeUsed { levels }
                } }
                rfmHistory(
                    first: 2, filter: {scheme: {eq: "default"}}, orderBy: [{field: VALID_FROM, direction: ASC}]
                ) {
                    totalCount nodes { cell validFrom validTo }
                }
            } }
        }"""
        key = (await api.data("{customers(first: 100, orderBy: {field: ID}) {nodes {id}}}"))["customers"][
            "nodes"
        ][0]

        (found,) = (await api.data(document % key["id"]))["customers"]["nodes"]

        assert found["rfmScores"] == {
            "nodes": [
                {
                    "scheme": scheme,
                    "cell": "122",
                    "validFrom": "2026-01-05",
                    "validTo": None,
                    "meanOrderValue": {"amount": amount, "currency": currency},
                    "schemeUsed": {"levels": levels},
                }
                for scheme, amount, currency, levels in (
                    ("default", "1000.5", "KRW", 3),
                    ("fifths", "1000.50", "GBP", 5),
                )
            ]
        }
        assert found["rfmHistory"] == {
            "totalCount": 2,
            "nodes": [
                {"cell": "322", "validFrom": "2026-01-02", "validTo": "2026-01-05"},
                {"cell": "122", "validFrom": "2026-01-05", "validTo": None},
            ],
        }

    async def test_customers_are_found_by_their_cell(self, api: Api) -> None:
        document = """{
            customers(first: 100, filter: {rfmScores: {some: {scheme: {eq: "default"}, cell: {eq: "122"}}}}) {
                nodes { rfmScores(first: 50) { nodes { scheme cell } } }
            }
        }"""

        found = (await api.data(document))["customers"]["nodes"]

        assert len(found) == 2
        assert all({"scheme": "default", "cell": "122"} in each["rfmScores"]["nodes"] for each in found)


class TestLifetimeScore:
    async def test_a_customer_shows_the_last_one_in_the_companys_currency(self, api: Api) -> None:
        document = """{customers(first: 100, orderBy: {field: ID}) {nodes {lifetimeScore {
            scoredOn currency model version weeks margin discount repeatDays pAlive churnRisk
            meanAmount { amount currency } value { amount currency }
        } } } }"""

        found = (await api.data(document))["customers"]["nodes"]

        assert found[0]["lifetimeScore"] == {
            "scoredOn": "2026-01-31",
            "currency": "KRW",
            "model": "Pareto/NBD",
            "version": 1,
            "weeks": 52,
            "margin": "0.3000000000",
            "discount": "0.1000000000",
            "repeatDays": 1,
            "pAlive": "0.5000000000",
            "churnRisk": "0.5000000000",
            "meanAmount": {"amount": "1001", "currency": "KRW"},
            "value": {"amount": "301", "currency": "KRW"},
        }
        assert found[3]["lifetimeScore"]["value"] is None
        assert found[6]["lifetimeScore"] is None
