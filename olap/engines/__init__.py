"""One module for each engine that runs compiled statements."""
