-- Channels and their groups; the names are those of the domain in lower case.
-- @column channel_key integer not null
-- @column channel_group text
-- @column channel text
SELECT * FROM (VALUES
    (0, NULL::text, NULL::text),
    (1, 'shop', 'store'),
    (2, 'digital', 'web'),
    (3, 'digital', 'mobile'),
    (4, 'message', 'email'),
    (5, 'message', 'sms'),
    (6, 'message', 'chat'),
    (7, 'message', 'letter'),
    (8, 'call', 'inbound_call'),
    (9, 'call', 'outbound_call'),
    (10, 'visit', 'sales_visit'),
    (11, 'visit', 'service_visit')
) AS channels (channel_key, channel_group, channel)
