-- What leads a search near a name: grams, as domain/selection/patterns.py says.

-- The text as it is compared: small, without spaces, a consonant that stands alone as one types it. translate() looks
-- at all of its map for each character (11 us a name), so it is called only where there is something for it.
CREATE FUNCTION search_key(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN given COLLATE "C" ~ '[À-Žᄀ-ᄒ]' THEN translate(
        replace(given, ' ', ''),
        'ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽᄀᄁᄂᄃᄄᄅᄆᄇᄈᄉᄊᄋᄌᄍᄎᄏᄐᄑᄒ',
        'abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĳĵķĺļľŀłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷÿźżžㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ')
    ELSE lower(replace(given, ' ', '') COLLATE "C") END
$$;

-- The name and the other name as they are compared, a space between them, which neither of them has.
CREATE FUNCTION search_text(name text, other text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT search_key(name) || ' ' || coalesce(search_key(other), '')
$$;

-- Each character and each two in a row, as they are and with syllables as their initial consonants; of a name that is
-- Hangul and nothing else the first character has none and the first two are marked; of another name without Hangul at
-- its start the first two have none. One pass over the text: 10 us a name, where a query takes 50.
CREATE FUNCTION search_grams(sought text, name text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    found text[] := '{}';
    anchored boolean := name COLLATE "C" ~ '^[가-힣]+$';
    bare boolean := sought COLLATE "C" !~ ' .?[가-힣]';
    other integer := strpos(sought, ' ') + 1;
    at integer := 0;
    code integer;
    one text;
    first text;
    before text := ' ';
    first_before text := ' ';
BEGIN
    FOREACH one IN ARRAY string_to_array(sought, NULL) LOOP
        at := at + 1;
        code := ascii(one);
        first := one;
        IF code BETWEEN 44032 AND 55203 THEN
            first := substr('ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ', (code - 44032) / 588 + 1, 1);
            IF at > 1 OR NOT anchored THEN
                found := found || one;
                found := found || first;
            END IF;
        ELSIF code <> 32 THEN
            found := found || one;
        END IF;
        IF before <> ' ' AND code <> 32 THEN
            IF at = 2 AND anchored THEN
                found := found || ('^' || before || one);
                found := found || ('^' || first_before || first);
            ELSIF at <> other + 1 OR NOT bare THEN
                found := found || (before || one);
                IF first <> one OR first_before <> before THEN
                    found := found || (first_before || first);
                END IF;
            END IF;
        END IF;
        before := one;
        first_before := first;
    END LOOP;
    RETURN found;
END $$;

-- Before the feed's own trigger, which asks whether anything has changed: hence the name.
CREATE FUNCTION customer_grams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sought := search_text(NEW.name, NEW.latin_name);
    NEW.grams := search_grams(NEW.sought, NEW.name);
    RETURN NEW;
END $$;
CREATE TRIGGER a_grams BEFORE INSERT OR UPDATE OF name, latin_name, sought, grams ON customers
    FOR EACH ROW EXECUTE FUNCTION customer_grams();

CREATE FUNCTION product_grams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sought := search_text(NEW.name, NEW.code);
    NEW.grams := search_grams(NEW.sought, NEW.name);
    RETURN NEW;
END $$;
CREATE TRIGGER a_grams BEFORE INSERT OR UPDATE OF name, code, sought, grams ON products
    FOR EACH ROW EXECUTE FUNCTION product_grams();
