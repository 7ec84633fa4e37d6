"""Calls are counted while they are answered, and added to the store once a minute.

counted.py    the counts of one process: a dict of sums, an increment a call
recorder.py   the task that writes them

A request's root fields are its calls: one that names two is a call of each, with the time of the whole. What is refused
before it is known who asks for what (a bad token, a document that does not parse) is no call; metrics count it.
"""
