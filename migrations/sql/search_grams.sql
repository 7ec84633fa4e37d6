-- The grams of names, as domain/selection/patterns.py says. What these functions give never changes: whoever changes
-- that has to write all grams anew.

-- The text as it is compared: small, without spaces, a consonant that stands alone as one types it. translate() looks
-- at all of its map for each character (11 us a name), so it is called only where there is something for it. Not STRICT:
-- so it is no call, but part of whoever calls it (2 us).
CREATE OR REPLACE FUNCTION search_key(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN given COLLATE "C" ~ '[À-Žᄀ-ᄒ]' THEN translate(
        replace(given, ' ', ''),
        'ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽᄀᄁᄂᄃᄄᄅᄆᄇᄈᄉᄊᄋᄌᄍᄎᄏᄐᄑᄒ',
        'abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĳĵķĺļľŀłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷÿźżžㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ')
    ELSE lower(replace(given, ' ', '') COLLATE "C") END
$$;

-- The name and the other name as they are compared, a space between them, which neither of them has.
CREATE OR REPLACE FUNCTION search_text(name text, other text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT search_key(name) || ' ' || coalesce(search_key(other), '')
$$;

-- Each character and each two in a row, as they are and with syllables as their initial consonants; of a name that is
-- Hangul and nothing else the first character has none and the first two are marked; of another name without Hangul at
-- its start the first two have none. Text without Hangul, as most other names are, is cut without looking at its
-- characters, and each syllable is one statement: 5 us a name, where statement by statement took 12, a query 50.
CREATE OR REPLACE FUNCTION search_grams(sought text, name text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    found text[] := '{}';
    part text;
    walked text[];
    code integer;
    one text;
    first text;
    before text;
    first_before text;
BEGIN
    FOR side IN 1 .. 2 LOOP
        part := split_part(sought, ' ', side);
        IF part COLLATE "C" !~ '[가-힣]' THEN
            found := found || string_to_array(part, NULL);
            FOR at IN side .. length(part) - 1 LOOP
                found := found || substr(part, at, 2);
            END LOOP;
            CONTINUE;
        END IF;
        walked := '{}';
        before := NULL;
        first_before := NULL;
        FOREACH one IN ARRAY string_to_array(part, NULL) LOOP
            code := ascii(one);
            IF code BETWEEN 44032 AND 55203 THEN
                first := ('{ㄱ,ㄲ,ㄴ,ㄷ,ㄸ,ㄹ,ㅁ,ㅂ,ㅃ,ㅅ,ㅆ,ㅇ,ㅈ,ㅉ,ㅊ,ㅋ,ㅌ,ㅍ,ㅎ}'::text[])[(code - 44032) / 588 + 1];
                walked := walked || ARRAY[one, first, before || one, first_before || first];
            ELSE
                first := one;
                walked := walked || CASE WHEN first_before <> before THEN ARRAY[one, before || one, first_before || one]
                                         ELSE ARRAY[one, before || one] END;
            END IF;
            before := one;
            first_before := first;
        END LOOP;
        -- All of such a name are syllables, with four places each; the first ones' pair is at 7 and 8.
        IF side = 1 AND name COLLATE "C" ~ '^[가-힣]+$' THEN
            walked[1:2] := ARRAY[NULL, NULL];
            walked[7:8] := ARRAY['^' || walked[7], '^' || walked[8]];
        ELSIF side = 2 AND left(part, 2) COLLATE "C" !~ '[가-힣]' THEN
            walked[4] := NULL;
        END IF;
        found := found || array_remove(walked, NULL);
    END LOOP;
    RETURN found;
END $$;
