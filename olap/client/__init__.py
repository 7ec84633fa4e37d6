"""The cube for notebooks: questions built word by word, answers as pandas frames.

    from olap.client import Cube

    cube = Cube("sales", url="http://127.0.0.1:8000", token=token)
    cube.where(date="2011", country="France").by("date:month", "product:category").frame()

Against a server by URL and token, or in process on an open store (`Cube("sales", store=store)`, `opened(path)`).

Amounts stay exact: they are columns of decimals (`ArrowDtype`), which add and divide as they are; `frame(exact=False)`
makes them Float64 where a plot wants floats. Counts are Int64, texts `string`, ratios Float64; Unknown is <NA>.
"""

from olap.client.cube import Cube
from olap.client.in_process import opened
from olap.client.where import Between

__all__ = ["Between", "Cube", "opened"]
