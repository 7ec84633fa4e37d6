"""Machine keys: what a system that is no person shows to be let in.

A key reads `dgl_<id>_<secret>`. The id finds the row, the secret proves it. Only the SHA-256 of the secret is kept: the
secret is 256 random bits, so there is nothing to guess that a slow hash (argon2, bcrypt: made for passwords of people,
who choose badly) would make slower, and each request can afford the fast one.

Refused: a secret that can be read again (whoever reads the database would hold every key); one secret a key (rotation
would need a moment in which the other side is locked out).
"""
