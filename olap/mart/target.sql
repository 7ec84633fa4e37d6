-- What an aggregate of a cube is planned to be in a cell, on the days from_on <= day < to_on; without those withdrawn.
-- The cell is a cut as the Slicer writes it. Amounts are in the currency of the cell.
-- @follows target by target_key
-- @column target_key bigint not null
-- @column cube text
-- @column aggregate text
-- @column cut text
-- @column from_on date
-- @column to_on date
-- @column value money
SELECT 0::bigint AS target_key, NULL::text AS cube, NULL::text AS aggregate, NULL::text AS cut, NULL::date AS from_on,
       NULL::date AS to_on, NULL::numeric(19, 4) AS value
UNION ALL
SELECT id, cube, aggregate, cut, period_from, period_to, value FROM public.targets WHERE withdrawn_at IS NULL
