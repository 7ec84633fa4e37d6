-- Users of the company by their role; keys and no names: a person's name is no trait.
-- @follows user by agent_key
-- @column agent_key bigint not null
-- @column agent_id bigint
-- @column role text
-- @column active text
SELECT 0::bigint AS agent_key, NULL::bigint AS agent_id, NULL::text AS role, NULL::text AS active
UNION ALL
SELECT id, id, lower(role), CASE WHEN active THEN 'yes' ELSE 'no' END FROM public.users
