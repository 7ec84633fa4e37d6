-- Bands of the years that a customer had completed on the day of a fact: of two days written as numbers (yyyymmdd) the
-- difference tells whole years, and by a hundred thousand whole decades. What he has completed today is a trait of his
-- (`customer.age_band`, in the same bands).
-- @column age_key integer not null
-- @column age_at_event text
SELECT * FROM (VALUES
    (0, NULL::text), (1, '0-19'), (2, '20-29'), (3, '30-39'), (4, '40-49'), (5, '50-59'), (6, '60-69'), (7, '70+')
) AS ages (age_key, age_at_event)
