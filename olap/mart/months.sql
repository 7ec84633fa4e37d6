-- Months by their number (year * 12 + month - 1) up to the running one: the last day of each as a key of `date`, the
-- moment at which it ends, and whether it has ended; after how many days of silence a customer counts as lost then, by the
-- rules of the lifecycle; beside it the company's own currency.
SELECT
    (extract(year FROM d.day) * 12 + extract(month FROM d.day) - 1)::integer AS month,
    d.key AS date_key,
    d.day AS on_date,
    (d.day + 1)::timestamp AT TIME ZONE company.time_zone AS ends,
    CASE WHEN d.day < today.day THEN 'yes' ELSE 'no' END AS ended,
    r.lapsed_days,
    cu.number::integer AS currency_key
FROM public.company
JOIN public.currencies cu ON cu.code = company.currency
CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE company.time_zone)::date AS day) today
-- Counted by months, not looked for among all days: the view of customers reads this one half a dozen times.
CROSS JOIN LATERAL generate_series(
    (SELECT date_trunc('month', min(day)::timestamp) FROM public.calendar_days),
    date_trunc('month', today.day::timestamp), interval '1 month') AS begun (at)
JOIN public.calendar_days d ON d.day = (begun.at + interval '1 month')::date - 1
-- Each rule until the next: looked up for each use of the column in a row of a customer, it was half of what that costs.
LEFT JOIN (
    SELECT lapsed_days, valid_from, lead(valid_from) OVER (ORDER BY valid_from) AS until FROM public.lifecycle_rules
) r ON r.valid_from <= (d.day + 1)::timestamp AT TIME ZONE company.time_zone
    AND (r.until IS NULL OR (d.day + 1)::timestamp AT TIME ZONE company.time_zone < r.until)
