"""Figures, each by a command that anyone can run: `python -m bench.<name>`, or all of them by `make bench`."""
