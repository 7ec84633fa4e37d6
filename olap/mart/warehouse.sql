-- Places that hold stock.
-- @follows warehouse by warehouse_key
-- @column warehouse_key bigint not null
-- @column code text
-- @column name text
SELECT 0::bigint AS warehouse_key, NULL::text AS code, NULL::text AS name
UNION ALL
SELECT id, code, name FROM public.warehouses
