"""Subscriptions: what changes, told as it happens.

    types.py      the root fields and what an event shows
    readings.py   how a root field says which events it wants, and which row an event shows
    hub.py        one follower of the feed a process, which hands each event to those who wait for it
    delivery.py   an event becomes an answer: its row is read under the subscriber's rights when it is told
    caller.py     who holds a connection open, proved again while it is open
    sse.py        over HTTP, as text/event-stream (distinct connections)
    sockets.py    over WebSocket, in the protocol graphql-transport-ws; operations.py runs what is asked there

**Order and completeness** are the feed's (domain/feed.py): an event is told once every transaction that might come
before it has ended. A long transaction holds events back; none is lost while the subscription lasts. A subscription
begins when it is made and keeps nothing beyond its connection: who was away reads the rows again.

**A slow subscriber** has a bounded queue; when that is full, or when he takes nothing for ten seconds, his
subscription ends with the code BUSY. Nobody else waits for him.

**Points**: a subscription costs what its document costs, once when it begins and once for each event; whoever has no
points left is told later.

**Rights**: the document is checked as for POST. A row that the subscriber may not see when the event is told is left
out, the event too. What was deleted is told to those who see all. When the token expires, the user is deactivated or
his role changes, the connection ends.

Refused: Strawberry's handlers (they know neither plans nor limits, and end no connection whose token expires);
NOTIFY from the triggers (it serializes commits); one query of the feed for each subscriber.
"""
