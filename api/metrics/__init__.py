"""/metrics: what an operator watches, in Prometheus' text format. docs/operations.md says what each figure means.

Each process tells its own figures, and every API process has its port, so nothing is shared between processes: the
library's files for several processes behind one port are not needed. What is counted for each request is counted in
plain integers (counted.py), 0.75 us a request (measured); the library only writes the text (told.py), when it is asked
for. No label holds a name that a caller gave: operations are told by their kind, not by their name.
"""
