-- Business days in the company's zone. ISO weeks belong to the year that holds their Thursday.
-- @column date_key integer not null
-- @column on_date date
-- @column year integer
-- @column quarter integer
-- @column month integer
-- @column day integer
-- @column iso_year integer
-- @column iso_week integer
-- @column weekday integer
SELECT 0 AS date_key, NULL::date AS on_date, NULL::integer AS year, NULL::integer AS quarter, NULL::integer AS month,
       NULL::integer AS day, NULL::integer AS iso_year, NULL::integer AS iso_week, NULL::integer AS weekday
UNION ALL
SELECT key, day,
       extract(year FROM day)::integer, extract(quarter FROM day)::integer, extract(month FROM day)::integer,
       extract(day FROM day)::integer,
       extract(isoyear FROM day)::integer, extract(week FROM day)::integer, extract(isodow FROM day)::integer
FROM public.calendar_days
