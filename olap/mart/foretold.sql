-- What customers will bring, by score: its day in days since 1900 * 1000 + the number of the currency it is told in.
SELECT
    l.customer_id,
    (l.scored_on - date '1900-01-01')::bigint * 1000 + cu.number AS foretold,
    l.p_alive,
    l.value
FROM public.lifetime_scores l
JOIN public.currencies cu ON cu.code = l.currency
