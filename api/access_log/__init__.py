"""Reads of guarded data are noted while a request is answered, and written to the log within a second.

recorder.py   the queue of one process, and the task that writes it
pending.py    how many entries a process held when it died
"""
