SELECT 0::bigint AS branch_key, NULL::text AS region, NULL::text AS code, NULL::text AS name
UNION ALL
SELECT id, region, code, name FROM public.branches
