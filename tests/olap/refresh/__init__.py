"""The refresh: whatever happens to the rows in Postgres, and to the process that follows, the cube is equal."""
