"""Jobs: what the queue's tasks do, the workers that do them, and how people see and steer them.

procrastinate keeps the queue in the schema `jobs` of the same Postgres. Three rules are ours: a sweeper in every worker
gives back what a dead worker held (without it a killed worker's jobs stayed RUNNING, and their keys held others back),
the queue is asked every second (its LISTEN does not come back after a crash of Postgres), and every job may run twice
with the effect of once.
"""
