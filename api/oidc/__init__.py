"""People's tokens: signed by an issuer (OpenID Connect) whom the settings name.

    issuers.py   what the settings say about an issuer
    keys.py      its public keys, fetched and kept, or read from a file
    proof.py     a token proved: signature, then every claim

Only algorithms with a key pair are known (RS256, ES256, EdDSA): a public key cannot be taken for a shared secret. Keys
come from the issuer alone; what a token's own header offers as a key (jwk, jku, x5u, x5c) is never looked at.

Who the subject is here, what he may do and whose rows he sees is our own table of users.
"""
