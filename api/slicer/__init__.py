"""The Slicer HTTP API of the package `cubes`, on our cube: analysts and tools that speak it find what they know.

It answers as Slicer 1.1 does; the original's answers on a small star are recorded and compared (tests), and the
package's own client asks it. It differs on purpose in this (docs/slicer.md says it to users):

- a credential is proved, by Bearer or Basic, and its scope lies below every cell, on every route;
- members of Unknown are kept and counted, so that cells add up to the summary; nulls come last in every order;
- amounts in several currencies are not added: 400 with their names;
- decimals have their exact digits; the summary of an undrilled cell is the one row of its CSV;
- a JSON answer has exactly 1,000 records at most, and the header `X-Dangol-Record-Limit` says when it was cut;
- `/fact/<id>` gives the right fact; `/members` honours `order`; `/cell` answers for flat dimensions too;
- lists of aggregates and of drilldowns may be joined by commas, `page_size` is taken for `pagesize`, doubled slashes
  count as one: the package's own client needs all three;
- parameters that mean nothing are 400 where their names are not of cells and pages, which clients send along; so is
  what is said twice and differently, and an unknown language;
- junk behind a drilldown, paths that are too deep, members and dates that cannot exist are 400, never 500;
- `lastmonth` as a point is that month, not its first day, and weeks work in every hierarchy of dates;
- inverted cuts leave Unknown out, as there, unless `nulls=include` is given;
- whatever is 400 has the flat shape, with the nested one under `details`; other errors are JSON too;
- `json_lines`, `xlsx`, `arrow` and `parquet` are formats everywhere; CSV and XLSX run no formulas, CSV has no NUL;
- a report refuses words that mean nothing in its cuts, and is refused whole for a fact that is not there;
- `rollup` of a report works; `/search`, `/logout` and `/visualizer/` are not served;
- `freshness` is added to aggregates.
"""
