"""What the sorts of things are called where a sentence names one."""

from domain.messages import Message, say

CALLED: dict[str, Message] = {
    name: name
    for name in (
        say("attribute"),
        say("branch"),
        say("case"),
        say("category"),
        say("content"),
        say("currency"),
        say("customer"),
        say("grant"),
        say("household"),
        say("machine key"),
        say("objective"),
        say("offer"),
        say("opportunity"),
        say("order"),
        say("payment"),
        say("product"),
        say("retention rule"),
        say("segment"),
        say("shipment"),
        say("target"),
        say("task"),
        say("user"),
        say("warehouse"),
    )
}
"""By its English name each name as a message, which has one in other languages too."""
