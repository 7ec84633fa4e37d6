-- The versions of products' categories, without the categories.
SELECT id AS product_key, product_id, valid_from, valid_to FROM public.product_versions
