-- Business days in the company's zone. ISO weeks belong to the year that holds their Thursday. A fiscal year has the
-- name of the year in which it ends; it begins with the month that the company says.
-- @follows calendar_day by date_key
-- @follows calendar by *
-- @column date_key integer not null
-- @column on_date date
-- @column year integer
-- @column quarter integer
-- @column month integer
-- @column day integer
-- @column iso_year integer
-- @column iso_week integer
-- @column weekday integer
-- @column fiscal_year integer
-- @column fiscal_quarter integer
-- @column fiscal_month integer
-- @column day_kind text
-- @column holiday text
-- @column holiday_ko text
SELECT 0 AS date_key, NULL::date AS on_date, NULL::integer AS year, NULL::integer AS quarter, NULL::integer AS month,
       NULL::integer AS day, NULL::integer AS iso_year, NULL::integer AS iso_week, NULL::integer AS weekday,
       NULL::integer AS fiscal_year, NULL::integer AS fiscal_quarter, NULL::integer AS fiscal_month,
       NULL::text AS day_kind, NULL::text AS holiday, NULL::text AS holiday_ko
UNION ALL
SELECT d.key, d.day,
       extract(year FROM d.day)::integer, extract(quarter FROM d.day)::integer, extract(month FROM d.day)::integer,
       extract(day FROM d.day)::integer,
       extract(isoyear FROM d.day)::integer, extract(week FROM d.day)::integer, extract(isodow FROM d.day)::integer,
       extract(year FROM f.moved)::integer, extract(quarter FROM f.moved)::integer, extract(month FROM f.moved)::integer,
       CASE WHEN h.day IS NOT NULL THEN 'holiday' WHEN extract(isodow FROM d.day) > 5 THEN 'weekend' ELSE 'working_day' END,
       h.name, h.name_ko
FROM public.calendar_days d
CROSS JOIN public.company
CROSS JOIN LATERAL (
    SELECT date_trunc('month', d.day::timestamp) + (13 - company.fiscal_year_month) % 12 * interval '1 month' AS moved
) f
LEFT JOIN public.holidays h ON h.day = d.day
