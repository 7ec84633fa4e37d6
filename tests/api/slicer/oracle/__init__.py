"""What the original Slicer 1.1 answers on the small star, recorded, and how it was recorded.

To record again: in a virtual environment of its own, on Python 3.11, with

    cubes==1.1 sqlalchemy==1.3.24 flask==1.1.4 werkzeug==0.16.1 jinja2==2.11.3 "markupsafe<2.1" "itsdangerous<2.1"
    "click<8.1" "setuptools<81"

`python -m tests.api.slicer.oracle.small_star > star.json` here, then there `python record.py star.json`.
"""
