"""Mutations of what is declared of all customers: their custom attributes and the rules of their lifecycle."""

import strawberry

from api.graphql.customers.attribute_types import CustomerAttribute
from api.graphql.customers.history_types import LifecycleRules
from api.graphql.customers.part_inputs import (
    AddLifecycleRulesInput,
    DeclareAttributeInput,
    RetireAttributeInput,
    UpdateAttributeInput,
)
from api.graphql.inputs import key, said
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.customers import attributes as commands
from domain.customers.attribute_queries import attributes
from domain.customers.errors import AttributeNameTaken, AttributeRetired, ChoiceInUse
from domain.customers.history_queries import lifecycle_rules
from domain.customers.lifecycle import RulesTaken, Thresholds, add_lifecycle_rules
from domain.errors import StaleVersion

_CHANGE = {"ATTRIBUTE_RETIRED": AttributeRetired, "STALE_VERSION": StaleVersion}


@strawberry.type
class CustomerDeclaringMutation:
    @writes(CustomerAttribute, attributes, Action.CREATE, errors={"NAME_TAKEN": AttributeNameTaken})
    async def declare_attribute(write: Write, input: DeclareAttributeInput) -> int:
        """Declare an attribute that customers may have from now on."""
        declared = commands.Declaration(
            name=input.name,
            type=input.type,
            label_en=input.label_en,
            label_ko=input.label_ko,
            choices=input.choices or (),
            reportable=input.reportable,
            personal=input.personal,
        )
        return await commands.declare_attribute(write.session, declared)

    @writes(CustomerAttribute, attributes, Action.UPDATE, errors={**_CHANGE, "CHOICE_IN_USE": ChoiceInUse})
    async def update_attribute(write: Write, input: UpdateAttributeInput) -> int:
        """Change the declaration of an attribute."""
        attribute_id = key(input.id, "CustomerAttribute", "id")
        await commands.update_attribute(
            write.session, attribute_id, changes=said(input), expected_version=input.expected_version
        )
        return attribute_id

    @writes(CustomerAttribute, attributes, Action.UPDATE, errors=_CHANGE)
    async def retire_attribute(write: Write, input: RetireAttributeInput) -> int:
        """Let an attribute take no new values; those it has stay."""
        attribute_id = key(input.id, "CustomerAttribute", "id")
        await commands.retire_attribute(
            write.session, attribute_id, expected_version=input.expected_version, now=write.now
        )
        return attribute_id

    @writes(LifecycleRules, lifecycle_rules, Action.CREATE, errors={"RULES_TAKEN": RulesTaken})
    async def add_lifecycle_rules(write: Write, input: AddLifecycleRulesInput) -> int:
        """Tell the stages of the lifecycle by other numbers from some time on."""
        rules = Thresholds(
            growing_orders=input.growing_orders,
            loyal_orders=input.loyal_orders,
            loyal_within_days=input.loyal_within_days,
            at_risk_days=input.at_risk_days,
            lapsed_days=input.lapsed_days,
            won_back_days=input.won_back_days,
        )
        return await add_lifecycle_rules(write.session, rules, valid_from=input.valid_from, now=write.now)
