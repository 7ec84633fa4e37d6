-- Whose points an entry of the ledger concerns: `id` is the entry, `root_id` the customer.
SELECT id, customer_id AS root_id FROM public.points_entries
