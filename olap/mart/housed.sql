-- Who lives in a household: its change renews these customers.
SELECT household_id AS id, customer_id AS root_id FROM public.household_members WHERE until_on IS NULL
