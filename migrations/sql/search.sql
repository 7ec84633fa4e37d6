-- What leads a search near a name: grams, as domain/selection/patterns.py says.

-- The text as it is compared: small, without spaces, a consonant that stands alone as one types it.
CREATE FUNCTION search_key(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT translate(
        replace(given, ' ', ''),
        'ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽᄀᄁᄂᄃᄄᄅᄆᄇᄈᄉᄊᄋᄌᄍᄎᄏᄐᄑᄒ',
        'abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĳĵķĺļľŀłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷÿźżžㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ')
$$;

-- Each character and each two in a row, as they are and with syllables as their initial consonants. `anchored`: the
-- first character has no grams, and the first two are marked; `bare`: the first two have none.
CREATE FUNCTION text_grams(key text, anchored boolean, bare boolean) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    found text[] := '{}';
    one text;
    first text;
    before text;
    first_before text;
    mark text;
BEGIN
    FOR at IN 1 .. coalesce(length(key), 0) LOOP
        one := substr(key, at, 1);
        first := CASE WHEN ascii(one) BETWEEN 44032 AND 55203
                      THEN substr('ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ', (ascii(one) - 44032) / 588 + 1, 1) ELSE one END;
        IF at > 1 OR NOT anchored THEN
            found := found || one;
            IF first <> one THEN
                found := found || first;
            END IF;
        END IF;
        IF at > 2 OR (at = 2 AND NOT bare) THEN
            mark := CASE WHEN at = 2 AND anchored THEN '^' ELSE '' END;
            found := found || (mark || before || one);
            IF first <> one OR first_before <> before THEN
                found := found || (mark || first_before || first);
            END IF;
        END IF;
        before := one;
        first_before := first;
    END LOOP;
    RETURN found;
END $$;

-- The name and the other name as they are compared, a space between them, which neither of them has.
CREATE FUNCTION search_text(name text, other text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT search_key(name) || ' ' || coalesce(search_key(other), '')
$$;

CREATE FUNCTION search_grams(sought text, name text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT gram COLLATE "C"), '{}') FROM unnest(
        text_grams(split_part(sought, ' ', 1), name COLLATE "C" ~ '^[가-힣]+$', false)
        || text_grams(split_part(sought, ' ', 2), false, sought COLLATE "C" !~ ' .?[가-힣]')) AS gram
$$;

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
