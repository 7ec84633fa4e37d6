-- Enquiries, complaints and service requests, by the day they were opened. First response: the first outgoing touchpoint
-- or the first move that tells the customer something. The solution time counts the seconds in which it waited for us.
-- @fact
-- @follows case by case_id
-- @follows customer_birth by customer_id
-- @column case_id bigint not null
-- @column date_key integer not null
-- @column customer_key bigint not null
-- @column customer_id bigint not null
-- @column channel_key integer not null
-- @column branch_key bigint not null
-- @column agent_key bigint not null
-- @column known_key integer not null
-- @column kind text not null
-- @column state text not null
-- @column priority text not null
-- @column topic text
-- @column still_open integer not null
-- @column solved integer not null
-- @column closed integer not null
-- @column in_time integer
-- @column reopened integer not null
-- @column first_response_seconds bigint
-- @column solution_seconds bigint
-- @column elapsed_seconds bigint
-- @column satisfaction integer
-- @column one integer not null
-- @column age_key integer not null
-- @column opened_at timestamptz not null
-- @column solved_at timestamptz
-- @column closed_at timestamptz
SELECT
    c.id AS case_id,
    coalesce(d.key, 0)::integer AS date_key,
    coalesce(cv.id, 0)::bigint AS customer_key,
    coalesce(c.customer_id, 0)::bigint AS customer_id,
    coalesce(ch.channel_key, 0)::integer AS channel_key,
    coalesce(c.branch_id, 0)::bigint AS branch_key,
    coalesce(c.owner_id, 0)::bigint AS agent_key,
    (c.customer_id IS NOT NULL)::integer AS known_key,
    lower(c.kind) AS kind,
    lower(c.state) AS state,
    lower(c.priority) AS priority,
    c.topic,
    (c.state IN ('NEW', 'OPEN', 'WAITING_CUSTOMER'))::integer AS still_open,
    (c.solved_at IS NOT NULL)::integer AS solved,
    (c.state = 'CLOSED')::integer AS closed,
    (c.solved_at <= c.due_at)::integer AS in_time,
    m.reopened::integer AS reopened,
    floor(extract(epoch FROM least(t.first_at, m.answered_at) - c.opened_at))::bigint AS first_response_seconds,
    CASE WHEN c.solved_at IS NOT NULL THEN m.waited END::bigint AS solution_seconds,
    floor(extract(epoch FROM c.solved_at - c.opened_at))::bigint AS elapsed_seconds,
    c.satisfaction::integer AS satisfaction,
    1 AS one,
    CASE WHEN d.key IS NULL OR b.birth_on IS NULL THEN 0
         ELSE least(greatest((d.key - to_char(b.birth_on, 'YYYYMMDD')::integer) / 100000, 1), 7) END AS age_key,
    c.opened_at,
    c.solved_at,
    c.closed_at
FROM public.cases c
CROSS JOIN public.company
CROSS JOIN LATERAL (
    SELECT
        min(v.moved_at) FILTER (WHERE v.to_state IN ('WAITING_CUSTOMER', 'SOLVED')) AS answered_at,
        count(*) FILTER (WHERE v.from_state IN ('SOLVED', 'CLOSED')
                           AND v.to_state IN ('NEW', 'OPEN', 'WAITING_CUSTOMER')) AS reopened,
        floor(sum(CASE WHEN v.from_state IN ('NEW', 'OPEN') THEN extract(epoch FROM v.moved_at) ELSE 0 END
                - CASE WHEN v.to_state IN ('NEW', 'OPEN') THEN extract(epoch FROM v.moved_at) ELSE 0 END)) AS waited
    FROM public.case_moves v WHERE v.case_id = c.id
) m
CROSS JOIN LATERAL (
    -- One row by its key each: joined, a build (which forbids nested loops) reads all touchpoints anew for every case.
    SELECT min((SELECT p.occurred_at FROM public.touchpoints p
                WHERE p.id = l.touchpoint_id AND p.direction = 'OUTBOUND' AND p.occurred_at >= c.opened_at)) AS first_at
    FROM public.case_touchpoints l WHERE l.case_id = c.id
) t
LEFT JOIN public.customers b ON b.id = c.customer_id
LEFT JOIN public.calendar_days d ON d.day = (c.opened_at AT TIME ZONE company.time_zone)::date
LEFT JOIN mart.channel ch ON upper(ch.channel) = c.channel
LEFT JOIN public.customer_versions cv
    ON cv.customer_id = c.customer_id AND cv.valid_from <= c.opened_at
    AND (cv.valid_to IS NULL OR c.opened_at < cv.valid_to)
