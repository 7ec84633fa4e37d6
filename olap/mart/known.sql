-- Whether the customer of a fact is known.
SELECT * FROM (VALUES (0, 'no'), (1, 'yes')) AS answers (known_key, known)
