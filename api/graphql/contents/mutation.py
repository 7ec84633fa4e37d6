"""Mutations of contents."""

import strawberry

from api.graphql.contents.inputs import (
    CreateContentInput,
    RetireContentInput,
    UpdateContentInput,
    details,
)
from api.graphql.contents.types import Content
from api.graphql.inputs import key
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.contents import commands
from domain.contents.details import ContentDetails
from domain.contents.errors import ContentRetired
from domain.contents.queries import contents
from domain.errors import StaleVersion

_REFUSALS = {"STALE_VERSION": StaleVersion, "CONTENT_RETIRED": ContentRetired}


@strawberry.type
class ContentMutation:
    @writes(Content, contents, Action.CREATE)
    async def create_content(write: Write, input: CreateContentInput) -> int:
        """Add a content: information to give to customers."""
        told: ContentDetails = {**details(input), "title": input.title, "language": input.language}
        return await commands.create_content(write.session, told, now=write.now)

    @writes(Content, contents, Action.UPDATE, errors=_REFUSALS)
    async def update_content(write: Write, input: UpdateContentInput) -> int:
        """Change a content: what is absent is left as it is, null clears."""
        content_id = key(input.id, "Content", "id")
        await commands.update_content(
            write.session, content_id, changes=details(input), expected_version=input.expected_version
        )
        return content_id

    @writes(Content, contents, Action.UPDATE, errors=_REFUSALS)
    async def retire_content(write: Write, input: RetireContentInput) -> int:
        """Give a content no more; it stays known, and is not changed any more."""
        content_id = key(input.id, "Content", "id")
        await commands.retire_content(
            write.session, content_id, expected_version=input.expected_version, now=write.now
        )
        return content_id
