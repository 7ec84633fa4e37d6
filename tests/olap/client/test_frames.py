"""What columns of a frame are called and what they are of."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from olap.client import Between, Cube
from olap.client.frames import frame_of
from olap.client.words import Words
from olap.errors import RequestError
from olap.vocabulary import LANGUAGES, model_of, models


class TestHeads:
    def test_two_columns_of_one_label_are_both_there(self) -> None:
        labels = {"stage": "Lifecycle stage", "lifecycle_stage": "Lifecycle stage", "customers": "Customers"}
        table = pa.table({"stage": ["loyal"], "lifecycle_stage": ["lapsed"], "customers": [3]})

        frame = frame_of(table, labels, exact=True)

        assert frame.columns.tolist() == [
            "Lifecycle stage (stage)",
            "Lifecycle stage (lifecycle_stage)",
            "Customers",
        ]
        assert frame.to_numpy().tolist() == [["loyal", "lapsed", 3]]
        assert frame.attrs["references"]["Lifecycle stage (stage)"] == "stage"

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("cube", models())
    def test_no_two_members_of_a_cube_have_one_label(self, cube: str, language: str) -> None:
        labels = {
            (attribute["ref"], attribute["label"])
            for dimension in model_of(cube).document(language)["dimensions"]
            for level in dimension["levels"]
            for attribute in level["attributes"]
        }

        assert len({label for _, label in labels}) == len(labels)


class TestTypes:
    def test_a_day_is_a_time_of_pandas(self) -> None:
        table = pa.table({"cohort": pa.array([date(2011, 2, 1), None], pa.date32())})

        frame = frame_of(table, {}, exact=True)

        assert frame["cohort"].dt.month.tolist()[0] == 2
        assert frame["cohort"].iloc[0] == datetime(2011, 2, 1)  # noqa: DTZ001 (a day has no zone)
        assert frame["cohort"].isna().tolist() == [False, True]

    @pytest.mark.parametrize(
        ("column", "double"),
        [
            ("net_revenue__difference_rate", True),
            ("net_revenue__change_rate", True),
            ("net_revenue__share", True),
            ("net_revenue__difference", False),
            ("net_revenue__target", False),
            ("aov__difference", True),
            ("aov__target", False),
        ],
    )
    def test_which_of_a_whole_cell_are_floats(self, column: str, double: bool) -> None:
        assert Words(model_of("sales").document("en")).is_double(column) is double


class TestMembers:
    def test_days_are_members_of_dates(self, in_process: Cube) -> None:
        asked = in_process.where(currency="GBP")

        day = asked.where(date=date(2011, 1, 4))
        month = asked.where(date=Between(date(2011, 1, 1), date(2011, 1, 31)))

        assert day.aggregate() == asked.where(date=(2011, 1, 1, 4)).aggregate()
        assert month.aggregate() == asked.where(date=(2011, 1, 1)).aggregate()
        assert month.aggregate("net_revenue")["net_revenue"] != Decimal(0)

    def test_what_is_no_member_is_refused(self, in_process: Cube) -> None:
        with pytest.raises(RequestError, match="say 'yes' or 'no'"):
            in_process.where(known=True)
        with pytest.raises(
            RequestError, match="the day 2011-01-04 is no member here; its levels are country"
        ):
            in_process.where(customer=date(2011, 1, 4))
        with pytest.raises(RequestError, match="its levels are fiscal_year, fiscal_quarter, fiscal_month"):
            in_process.where(fiscal=date(2011, 1, 4))
