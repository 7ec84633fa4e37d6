-- Products by the categories they have been in (SCD2). The tree may be of any depth; the cube shows its first
-- three levels below the root; `categories` are the ids of all above the product, outermost first: '/1/7/'.
-- @follows product by product_id
-- @follows category by *
-- @column product_key bigint not null
-- @column product_id bigint not null
-- @column is_current boolean not null
-- @column valid_from timestamptz
-- @column valid_to timestamptz
-- @column department text
-- @column category text
-- @column subcategory text
-- @column code text
-- @column name text
-- @column categories text
WITH RECURSIVE tree AS (
    SELECT id, ARRAY[name] AS path, concat('/', id, '/') AS ids FROM public.categories WHERE parent_id IS NULL
    UNION ALL
    SELECT c.id, t.path || c.name, concat(t.ids, c.id, '/') FROM public.categories c JOIN tree t ON c.parent_id = t.id
)
SELECT 0::bigint AS product_key, 0::bigint AS product_id, true AS is_current,
       NULL::timestamptz AS valid_from, NULL::timestamptz AS valid_to,
       NULL::text AS department, NULL::text AS category, NULL::text AS subcategory,
       NULL::text AS code, NULL::text AS name, NULL::text AS categories
UNION ALL
SELECT v.id, v.product_id, v.valid_to IS NULL, v.valid_from, v.valid_to,
       t.path[1], t.path[2], t.path[3], p.code, p.name, t.ids
FROM public.product_versions v
JOIN public.products p ON p.id = v.product_id
LEFT JOIN tree t ON t.id = v.category_id
