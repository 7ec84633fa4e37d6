"""The server beneath the application: uvicorn, with what a stranger's connection may not do, and an orderly end.

Why uvicorn: it reads and writes HTTP in the event loop's own thread. A server with threads of its own around the loop
hands each request over four times, and each time two threads want Python's lock (measured for a customer by id on 2
processors: granian 134 us of the process for the bare application and 186 for ours, uvicorn 89 and 143; p99 64 ms and
21; a third of the system calls were futexes).
"""
