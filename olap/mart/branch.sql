-- @follows branch by branch_key
-- @column branch_key bigint not null
-- @column region text
-- @column code text
-- @column name text
SELECT 0::bigint AS branch_key, NULL::text AS region, NULL::text AS code, NULL::text AS name
UNION ALL
SELECT id, region, code, name FROM public.branches
