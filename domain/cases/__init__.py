"""Cases: enquiries, complaints and service requests, from their opening to their solution.

The times are worked out from what happened, so that a touchpoint linked later counts too:

- first response: from the opening to the first outbound touchpoint of the case at or after it, or to the first move
  to WAITING_CUSTOMER or SOLVED, whichever came first: both tell the customer something. Taking the case up (OPEN)
  does not.
- solution: the time in which the case waited for us, i.e. stood in NEW or OPEN, until its latest solution. Waiting for
  the customer does not count, nor does the time before a reopening in which it was held for solved. The elapsed time
  from the opening to the latest solution stands beside it.

Both are whole seconds, null while there is no response or no solution. A case that is closed without having been solved
(withdrawn, a duplicate) has no solution.
"""
