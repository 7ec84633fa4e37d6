-- Calls of the API by whom and of what, added up by day. People are counted by their key; whoever called without being a
-- user (a machine, say) has none.
-- @fact
-- @follows usage_day by date_key
-- @column usage_id bigint not null
-- @column date_key integer not null
-- @column user_id bigint not null
-- @column role text not null
-- @column client text not null
-- @column operation_kind text not null
-- @column operation text not null
-- @column calls bigint not null
-- @column errors bigint not null
-- @column milliseconds quantity not null
SELECT
    id AS usage_id,
    to_char(day, 'YYYYMMDD')::integer AS date_key,
    coalesce(user_id, 0)::bigint AS user_id,
    lower(role) AS role,
    lower(client) AS client,
    lower(kind) AS operation_kind,
    operation,
    calls,
    errors,
    milliseconds
FROM public.usage_calls
