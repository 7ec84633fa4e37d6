-- Who is and was in which segment: a row for each time in, with its days. A cut by a segment looks here; a fact is joined
-- to it never, since a customer may be in several segments at once.
-- @follows segment_member by membership_id
-- @column membership_id bigint not null
-- @column segment_key bigint not null
-- @column customer_id bigint not null
-- @column entered_at timestamptz
-- @column left_at timestamptz
-- @column entered_key integer not null
-- @column left_key integer
SELECT 0::bigint AS membership_id, 0::bigint AS segment_key, 0::bigint AS customer_id, NULL::timestamptz AS entered_at,
       NULL::timestamptz AS left_at, 0 AS entered_key, NULL::integer AS left_key
UNION ALL
SELECT s.id, s.segment_id, s.customer_id, s.entered_at, s.left_at,
       to_char(s.entered_at AT TIME ZONE company.time_zone, 'YYYYMMDD')::integer,
       to_char(s.left_at AT TIME ZONE company.time_zone, 'YYYYMMDD')::integer
FROM public.segment_members s CROSS JOIN public.company
