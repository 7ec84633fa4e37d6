-- Segments, by the names that people gave them.
-- @follows segment by segment_key
-- @column segment_key bigint not null
-- @column kind text
-- @column retired text
-- @column segment text
SELECT 0::bigint AS segment_key, NULL::text AS kind, NULL::text AS retired, NULL::text AS segment
UNION ALL
SELECT id, lower(kind), CASE WHEN retired_at IS NULL THEN 'no' ELSE 'yes' END, name FROM public.segments
