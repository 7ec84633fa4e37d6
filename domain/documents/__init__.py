"""Documents that front ends have registered: found by the hash of their text, which never changes."""
