-- @column line_kind_key integer not null
-- @column kind text
SELECT * FROM (VALUES
    (0, NULL::text), (1, 'sale'), (2, 'free'), (3, 'return'), (4, 'cancellation'), (5, 'adjustment')
) AS kinds (line_kind_key, kind)
