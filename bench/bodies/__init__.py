"""What the worst bodies cost: `python -m bench.bodies`."""
