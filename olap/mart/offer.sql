-- Offers and their place in the tree: core, or a benefit given after the fact (reward) or beforehand (proactive), which
-- is monetary (direct, indirect) or not (information, esteem). A kind is `<timing>_<form>`.
-- @follows offer by offer_key
-- @column offer_key bigint not null
-- @column family text
-- @column timing text
-- @column nature text
-- @column means text
-- @column form text
-- @column code text
-- @column name text
WITH forms (form, nature, means) AS (
    VALUES
    ('gift', 'monetary', 'direct'), ('discount', 'monetary', 'direct'), ('cashback', 'monetary', 'direct'),
    ('store_money', 'monetary', 'direct'), ('service', 'monetary', 'indirect'),
    ('partner_discount', 'monetary', 'indirect'), ('personal_email', 'non_monetary', 'information'),
    ('personal_page', 'non_monetary', 'information'), ('information_on_demand', 'non_monetary', 'information'),
    ('thank_you_letter', 'non_monetary', 'esteem'), ('congratulation', 'non_monetary', 'esteem'),
    ('own_agent', 'non_monetary', 'esteem')
)
SELECT 0::bigint AS offer_key, NULL::text AS family, NULL::text AS timing, NULL::text AS nature, NULL::text AS means,
       NULL::text AS form, NULL::text AS code, NULL::text AS name
UNION ALL
SELECT o.id, CASE WHEN o.kind = 'CORE' THEN 'core' ELSE 'benefit' END,
       CASE WHEN o.kind <> 'CORE' THEN lower(split_part(o.kind, '_', 1)) END,
       f.nature, f.means, f.form, o.code, o.name
FROM public.offers o
LEFT JOIN forms f ON o.kind <> 'CORE' AND f.form = lower(substr(o.kind, strpos(o.kind, '_') + 1))
