"""How customers can be reached and what other systems call them; obviously nobody's."""

import numpy as np
import pyarrow as pa

from domain.customers.model import ContactPointKind
from domain.demo import columns, romanise
from domain.demo.draws import Ints, happens, runs
from domain.demo.people import People
from domain.demo.places import DISTRICT, REGION_OF

PHONE_SHARE, EMAIL_SHARE, ADDRESS_SHARE = 0.96, 0.78, 0.55
IN_ERP, IN_WEB = 0.92, 0.55
VERIFIED_SHARE = 0.8

KINDS = (ContactPointKind.PHONE, ContactPointKind.EMAIL, ContactPointKind.ADDRESS)


def latin_names(names: list[str], people: People) -> list[str]:
    """Every person's name in Latin letters; organisations have none and get "office"."""
    once = {name: romanise.person(name) for name in set(names)}
    return [
        "office" if organisation else once[name]
        for name, organisation in zip(names, people.organisation, strict=True)
    ]


def contact_points(rng: np.random.Generator, latin: list[str], places: Ints) -> pa.Table:
    """Phone, e-mail and address, as far as given: the first one is preferred."""
    count = len(latin)
    numbers = np.arange(1, count + 1)
    phones = columns.joined(
        "010-", columns.padded(numbers // 10_000, 4), "-", columns.padded(numbers % 10_000, 4)
    )
    local = [name.lower().replace(" ", ".") for name in latin]
    emails = columns.joined(pa.array(local), columns.padded(numbers, 1), "@example.com")
    street = columns.padded(rng.integers(1, 200, count), 1)
    flat = columns.padded(rng.integers(1, 21, count) * 100 + rng.integers(1, 9, count), 1)
    where = columns.labels([f"{r} {d}" for r, d in zip(REGION_OF, DISTRICT, strict=True)], places)
    addresses = columns.joined(where, " 가상로 ", street, ", ", flat, "호")
    given = np.stack(
        [happens(rng, share, count) for share in (PHONE_SHARE, EMAIL_SHARE, ADDRESS_SHARE)], axis=1
    )
    customer, kind = np.nonzero(given)
    return pa.table(
        {
            "id": np.arange(1, len(customer) + 1),
            "customer_id": columns.ids(customer),
            "position": runs(customer) + 1,
            "kind": columns.labels(KINDS, kind),
            "value": pa.concat_arrays([phones, emails, addresses]).take(pa.array(kind * count + customer)),
            "verified": happens(rng, VERIFIED_SHARE, len(customer)),
            "preferred": runs(customer) == 0,
        }
    )


def external_ids(rng: np.random.Generator, count: int) -> pa.Table:
    """Names in the ERP and in the mall, for those who have one."""
    erp, web = (np.flatnonzero(happens(rng, share, count)) for share in (IN_ERP, IN_WEB))
    return pa.table(
        {
            "system": pa.concat_arrays(
                [columns.constant("erp", len(erp)), columns.constant("web", len(web))]
            ),
            "external_id": pa.concat_arrays(
                [
                    columns.joined("C", columns.padded(erp + 1, 7)),
                    columns.joined("w", columns.padded((web + 1) * 7919 % 10_000_019, 8)),
                ]
            ),
            "customer_id": columns.ids(np.r_[erp, web]),
        }
    )
