"""Schemes of RFM through the API."""

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import mutate, refusals

ASKED = "rfmScheme { name method anchor levels emptyCells validFrom monetary3From { amount currency } }"


class TestAddRfmScheme:
    async def test_thresholds_anchored_at_the_day_are_told_which_cells_stay_empty(self, api: Api) -> None:
        bounds = {"monetary2Above": "50.5", "monetary3From": "100"}
        given = {
            "name": "won",
            "validFrom": "2020-01-01",
            "currency": "KRW",
            "anchor": "TAU",
            "bounds": bounds,
        }

        payload = await mutate(api, "addRfmScheme", ASKED, given)

        assert payload == {
            "rfmScheme": {
                "name": "won",
                "method": "THRESHOLDS",
                "anchor": "TAU",
                "levels": 3,
                "emptyCells": ["12*", "13*"],
                "validFrom": "2020-01-01",
                "monetary3From": {"amount": "100", "currency": "KRW"},
            },
            "userErrors": [],
        }

    async def test_quantiles_leave_no_cell_empty(self, api: Api) -> None:
        given = {"name": "fifths", "validFrom": "2020-01-01", "currency": "KRW", "quantiles": 5}

        payload = await mutate(api, "addRfmScheme", ASKED, given)

        assert (payload["rfmScheme"]["levels"], payload["rfmScheme"]["emptyCells"]) == (5, [])

    async def test_a_refusal_names_the_place(self, api: Api) -> None:
        bounds = {"monetary2Above": "50", "monetary3From": "50"}
        common = {"name": "x", "validFrom": "2020-01-01"}

        unknown = await mutate(api, "addRfmScheme", ASKED, {**common, "currency": "XXZ", "quantiles": 5})
        flat = await mutate(api, "addRfmScheme", ASKED, {**common, "currency": "KRW", "bounds": bounds})

        assert refusals(unknown) == [("UNKNOWN_CURRENCY", ["currency"])]
        assert refusals(flat) == [("VALIDATION", ["bounds", "monetary3From"])]


class TestChooseRfmScheme:
    async def test_the_chosen_one_is_shown_and_no_other(self, api: Api) -> None:
        given = {"name": "tenths", "validFrom": "2020-01-01", "currency": "KRW", "quantiles": 5}
        await mutate(api, "addRfmScheme", ASKED, given)

        payload = await mutate(api, "chooseRfmScheme", "rfmScheme { name shown }", {"name": "tenths"})

        listed = await api.data(
            "{ rfmSchemes(first: 20, filter: {shown: {eq: true}}) { nodes { name shown } } }", {}
        )
        assert payload == {"rfmScheme": {"name": "tenths", "shown": True}, "userErrors": []}
        assert listed["rfmSchemes"]["nodes"] == [{"name": "tenths", "shown": True}]

    async def test_one_that_does_not_stand_is_refused(self, api: Api) -> None:
        payload = await mutate(api, "chooseRfmScheme", "rfmScheme { name }", {"name": "nobody's"})

        assert payload["rfmScheme"] is None
        assert refusals(payload) == [("SCHEME_NOT_FOUND", ["name"])]
        assert payload["userErrors"][0]["message"].startswith('there is no scheme "nobody\'s" on ')

    async def test_an_analyst_adds_schemes_and_does_not_choose(self, api: Api) -> None:
        document = 'mutation { chooseRfmScheme(input: {name: "default"}) { rfmScheme { name } } }'

        [error] = await api.errors(document, as_={"role": "ANALYST"})

        assert error["extensions"]["code"] == "FORBIDDEN"
