-- Business days in the company's zone. ISO weeks belong to the year that holds their Thursday. A fiscal year has the
-- name of the year in which it ends; it begins with the month that the company says.
-- By whole numbers: the key is the year, the month and the day, and 1900 began on a Monday. By `extract`, which counts in
-- numerics, the 47,482 days took twice as long (115 ms, not 53), of each build and each comparison.
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
       d.key / 10000, (d.key / 100 % 100 + 2) / 3, d.key / 100 % 100, d.key % 100,
       date_part('isoyear', d.day)::integer, date_part('week', d.day)::integer, w.weekday,
       f.months / 12, f.months % 12 / 3 + 1, f.months % 12 + 1,
       CASE WHEN h.day IS NOT NULL THEN 'holiday' WHEN w.weekday > 5 THEN 'weekend' ELSE 'working_day' END,
       h.name, h.name_ko
FROM public.calendar_days d
CROSS JOIN public.company
CROSS JOIN LATERAL (SELECT (d.day - date '1900-01-01') % 7 + 1 AS weekday) w
CROSS JOIN LATERAL (
    SELECT d.key / 10000 * 12 + d.key / 100 % 100 - 1 + (13 - company.fiscal_year_month) % 12 AS months
) f
LEFT JOIN public.holidays h ON h.day = d.day
