-- The versions of customers' traits, without the traits.
SELECT id AS customer_key, customer_id, valid_from, valid_to FROM public.customer_versions
