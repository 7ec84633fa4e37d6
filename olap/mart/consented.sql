-- Whose customer a consent is: its change renews the customer's flags.
SELECT id, customer_id AS root_id FROM public.consents
