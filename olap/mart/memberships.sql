-- Who is and was in a segment, and in which months he came and went.
SELECT
    s.id AS membership_id,
    s.segment_id,
    s.customer_id,
    greatest((extract(year FROM e.day) * 12 + extract(month FROM e.day) - 1)::integer,
             (SELECT min(month) FROM mart.months)) AS entered,
    (extract(year FROM l.day) * 12 + extract(month FROM l.day) - 1)::integer AS gone
FROM public.segment_members s
CROSS JOIN public.company
CROSS JOIN LATERAL (SELECT (s.entered_at AT TIME ZONE company.time_zone)::date AS day) e
CROSS JOIN LATERAL (SELECT (s.left_at AT TIME ZONE company.time_zone)::date AS day) l
