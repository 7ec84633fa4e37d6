"""Models over the star, against hand-written SQL on Postgres."""
