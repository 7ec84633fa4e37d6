-- Order lines as they were written, of what the cube needs.
SELECT id AS line_id, order_id, product_id, kind, quantity, gross, discount, net_revenue, unit_cost
FROM public.order_lines
