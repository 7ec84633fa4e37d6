"""npm's clients of the API, run by tests under the Node of a wheel."""
