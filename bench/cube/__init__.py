"""The cube's figures, each against its goal: `python -m bench.cube` (`make bench-cube`).

Everything is measured on a generated star (bench/star.py) that is gone afterwards. Where two ways are compared they
take turns, and the figure is the median of the rounds' ratios with their range: other work on the machine hits both.
"""
