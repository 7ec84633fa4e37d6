-- Whether the customer of a fact is known.
-- @column known_key integer not null
-- @column known text
SELECT * FROM (VALUES (0, 'no'), (1, 'yes')) AS answers (known_key, known)
