"""Tasks: something a person is to do, by when, for whom, and where it came from."""
