"""A made-up Korean membership retailer in won, for trying Dangol out, for examples and for tests.

`generate` makes its tables in memory from a seed, `load` fills an empty store with them. Nobody in it exists:
mail goes to example.com, phone numbers begin with 010-0, which no subscriber has, and streets are called
"made-up road".

Why a generator and not a sample file: its size is an option, its truth is known (rates, drop-out, affinities), and
no licence or person is touched. Customers buy and leave by a Pareto/NBD process (Schmittlein, Morrison &
Colombo 1987) in a business time that runs faster in season; the published alternative, resampling a real
shop's receipts, has neither Hangul nor a known truth.
"""
