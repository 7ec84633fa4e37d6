"""What is told about one part of a customer, about merging two, and about what is declared of all."""

from datetime import datetime

import strawberry
from strawberry import Maybe

from api.graphql.enums import AttributeType, ContactPointKind, PersonalTag


@strawberry.input(description="A further way to reach the customer.")
class AddContactPointInput:
    id: strawberry.ID = strawberry.field(description="The customer's.")
    expected_version: int
    kind: ContactPointKind
    value: str
    verified: bool = False
    preferred: bool = strawberry.field(
        default=False, description="It takes the preference from another of its kind."
    )


@strawberry.input(description="A change of one contact point: what is absent is left as it is.")
class UpdateContactPointInput:
    id: strawberry.ID = strawberry.field(description="The customer's.")
    expected_version: int
    contact_point_id: strawberry.ID
    value: Maybe[str] = strawberry.field(
        description="Another value is not verified unless `verified` says so."
    )
    verified: Maybe[bool]
    preferred: Maybe[bool]


@strawberry.input(description="A way by which the customer is no longer reached.")
class RemoveContactPointInput:
    id: strawberry.ID = strawberry.field(description="The customer's.")
    expected_version: int
    contact_point_id: strawberry.ID


@strawberry.input(description="The name that another system has for the customer.")
class LinkExternalIdInput:
    id: strawberry.ID = strawberry.field(description="The customer's.")
    expected_version: int
    system: str
    external_id: str


@strawberry.input(description="A name that another system no longer has for the customer.")
class UnlinkExternalIdInput:
    id: strawberry.ID = strawberry.field(description="The customer's.")
    expected_version: int
    system: str
    external_id: str


@strawberry.input(description="Two customers that are one.")
class MergeCustomersInput:
    keep_id: strawberry.ID = strawberry.field(description="The one that stays: its fields stand.")
    keep_expected_version: int
    merge_id: strawberry.ID = strawberry.field(description="The one that goes: its id leads to the other.")
    merge_expected_version: int


@strawberry.input(description="An attribute of customers.")
class DeclareAttributeInput:
    name: str = strawberry.field(description="Its key: a-z, 0-9 and _, at most 60; it never changes.")
    type: AttributeType
    label_en: str
    label_ko: str
    choices: list[str] | None = strawberry.field(default=None, description="For the type CHOICE.")
    reportable: bool = False
    personal: PersonalTag = PersonalTag.BASIC


@strawberry.input(description="A change of a declaration: what is absent is left as it is.")
class UpdateAttributeInput:
    id: strawberry.ID
    expected_version: int
    label_en: Maybe[str]
    label_ko: Maybe[str]
    choices: Maybe[list[str]] = strawberry.field(
        description="All of them; one that a customer has must stay."
    )
    reportable: Maybe[bool]
    personal: Maybe[PersonalTag]


@strawberry.input(description="An attribute that takes no new values any more.")
class RetireAttributeInput:
    id: strawberry.ID
    expected_version: int


@strawberry.input(description="Rules of the lifecycle; see the type LifecycleRules.")
class AddLifecycleRulesInput:
    valid_from: datetime = strawberry.field(description="Now or later.")
    growing_orders: int = 2
    loyal_orders: int = 5
    loyal_within_days: int = 365
    at_risk_days: int = 120
    lapsed_days: int = 365
    won_back_days: int = 90
