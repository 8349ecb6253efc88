//! Properties of every split, for the tests and for the fuzzer in `server/fuzz`.

use s2s_sdk::v1::{Note, NoteCode};
use url::form_urlencoded::byte_serialize;

use super::{NAME_BYTES_MAX, Names, Pair, Part, Text, decode, entities, entities::rejoined, has_address};

/// Bytes that may be between two pairs.
const SEPARATORS: &[u8] = b"&;\n?";
const PREFIX: &[u8] = b"/s2s?";
/// Longest character that HTML makes of the beginning of a name, in bytes (see `entities`).
const EATEN_BYTES_MAX: usize = 2;

/// Splits a query made of these bytes, and asserts the properties of the split.
///
/// The first byte selects the known names: `L` the names of a tracking link, any other byte the
/// names of a postback. The rest is the query. Each line of it also serves as a pair that is
/// written and read back.
pub fn check_query(bytes: &[u8]) {
    let (first, query) = bytes.split_first().unwrap_or((&b'P', &[]));
    let names = if *first == b'L' { Names::LINK } else { Names::POSTBACK };
    let (pairs, _) = split(query, 0, names);
    check_places(query, &pairs, names);
    check_moved(query, &pairs, names);
    let read = names_and_values(&pairs);
    // A `;` in a name may come from an `&` that HTML has escaped.
    if read.iter().all(|(name, _)| !name.contains(&b';')) {
        check_written(&read, names);
    }
    let lines = query.split(|byte| *byte == b'\n').map(|line| {
        let (name, value) = super::split_at(line, b'=').unwrap_or((line, &[]));
        (name.to_vec(), value.to_vec())
    });
    let lines: Vec<_> = lines.collect();
    // The reader looks in every value for names that HTML has damaged, even if the value was meant
    // literally. So the lines are checked only if no value looks as if it had such a name.
    let is_plain =
        |name: &[u8], value: &[u8]| !name.contains(&b';') && entities::split(value, names.is_known).is_none();
    if lines.iter().all(|(name, value)| is_plain(name, value)) {
        check_written(&lines, names);
    }
}

/// Splits the part of `whole` that begins at an offset.
fn split(whole: &[u8], start: usize, names: Names) -> (Vec<Pair>, Vec<Note>) {
    let (mut pairs, mut notes) = (Vec::new(), Vec::new());
    let query = whole.get(start..).unwrap_or_default();
    Text { part: Part::Target, whole, names }.split(query, &mut pairs, &mut notes);
    (pairs, notes)
}

fn names_and_values(pairs: &[Pair]) -> Vec<(Vec<u8>, Vec<u8>)> {
    pairs.iter().map(|pair| (pair.name.clone(), pair.value.clone())).collect()
}

/// Returns the bytes as they are, decoded once, and decoded twice.
fn decoded(bytes: &[u8]) -> [Vec<u8>; 3] {
    let (once, _) = decode(bytes);
    let (twice, _) = decode(&once);
    [bytes.to_vec(), once, twice]
}

/// Asserts that each pair has the text at its place, and that each byte belongs to a pair or
/// separates two pairs.
fn check_places(query: &[u8], pairs: &[Pair], names: Names) {
    let mut behind = 0;
    let shown = String::from_utf8_lossy(query);
    for pair in pairs {
        let (begins, place) = (pair.begins, pair.place.bytes.clone());
        let parts = (query.get(behind..begins), query.get(begins..place.start), query.get(place.clone()));
        assert!(matches!(parts, (Some(_), Some(_), Some(_))), "{begins} {place:?} in `{shown}`");
        let (gap, name, value) = (parts.0.unwrap_or_default(), parts.1.unwrap_or_default(), parts.2);
        assert!(decoded(value.unwrap_or_default()).contains(&pair.value), "value {place:?} of `{shown}`");
        if begins == place.start {
            assert!(is_eaten(gap, &pair.name), "`{}` of `{shown}`", String::from_utf8_lossy(gap));
        } else {
            assert!(is_between(gap), "`{}` of `{shown}` is lost", String::from_utf8_lossy(gap));
            let is_name = |name: &Vec<u8>| {
                // A name without a value may end in an encoded `=`.
                let bare = name.strip_suffix(b"=").unwrap_or(name);
                *name == pair.name
                    || bare == pair.name
                    || rejoined(bare, names.is_known).is_some_and(|whole| whole.as_bytes() == pair.name)
            };
            assert!(decoded(name).iter().any(is_name), "name at {begins} of `{shown}`");
        }
        behind = place.end;
    }
    let rest = query.get(behind..).unwrap_or_default();
    assert!(is_between(rest), "`{}` of `{shown}` is lost", String::from_utf8_lossy(rest));
}

fn is_between(gap: &[u8]) -> bool {
    decoded(gap).iter().any(|gap| {
        let mut bare = String::from_utf8_lossy(gap).to_ascii_lowercase();
        for mark in [
            "amp%3b", "amp;", "%2338;", "%23038;", "%23x26;", "#38;", "#038;", "#x26;", "\\u0026", "%5cu0026",
        ] {
            bare = bare.replace(mark, "");
        }
        bare.bytes().all(|byte| SEPARATORS.contains(&byte))
    })
}

/// Returns whether a gap is a name whose beginning HTML has turned into a character: that
/// character, the end of the name, and `=`.
fn is_eaten(gap: &[u8], name: &[u8]) -> bool {
    decoded(gap).iter().filter_map(|gap| gap.strip_suffix(b"=")).any(|gap| {
        (1..=EATEN_BYTES_MAX).any(|length| {
            gap.get(length..).is_some_and(|ending| name.ends_with(&ending.to_ascii_lowercase()))
        })
    })
}

/// Asserts that a query after a path is split like the query alone.
fn check_moved(query: &[u8], pairs: &[Pair], names: Names) {
    let (moved, _) = split(&[PREFIX, query].concat(), PREFIX.len(), names);
    let facts = |pair: &Pair, by: usize| {
        let place = pair.place.bytes.start + by..pair.place.bytes.end + by;
        (pair.name.clone(), pair.value.clone(), pair.broken, pair.begins + by, place)
    };
    let facts = |pairs: &[Pair], by| pairs.iter().map(|pair| facts(pair, by)).collect::<Vec<_>>();
    assert_eq!(facts(pairs, PREFIX.len()), facts(&moved, 0));
}

/// Asserts that properly written pairs are read unchanged and without a repair. Pairs with damaged
/// separators must also be read unchanged, with a note.
fn check_written(pairs: &[(Vec<u8>, Vec<u8>)], names: Names) {
    let encode = |bytes: &[u8]| byte_serialize(bytes).collect::<String>();
    let escape = |bytes: &[u8]| bytes.iter().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat();
    let write = |write: &dyn Fn(&[u8]) -> String| {
        pairs.iter().map(|(name, value)| format!("{}={}", write(name), write(value))).collect::<Vec<_>>()
    };
    let written = write(&encode);
    check_read(&written.join("&"), pairs, None, names);
    check_read(&write(&escape).join("&"), pairs, None, names);
    let is_known = |name: &str| name.len() < NAME_BYTES_MAX && (names.is_known)(name);
    let ends = |(name, value): &(Vec<u8>, Vec<u8>), next: &str| {
        let may_end = (names.may_end)(&String::from_utf8_lossy(name), next);
        is_known(next) && may_end && ![name, value].iter().any(|text| has_address(text))
    };
    if written.is_empty() {
        return;
    }
    check_read(&escape(written.join("&").as_bytes()), pairs, Some(NoteCode::DecodedTwice), names);
    if written.len() == 1 {
        return;
    }
    check_read(&written.join("&amp;"), pairs, Some(NoteCode::HtmlRepaired), names);
    let next_names: Vec<String> = pairs.iter().skip(1).map(|(name, _)| encode(name)).collect();
    let first_known = next_names.iter().find(|name| is_known(name));
    if first_known.is_some_and(|next| pairs.first().is_some_and(|first| ends(first, next))) {
        check_read(&written.join(";"), pairs, Some(NoteCode::SeparatorRepaired), names);
        check_read(&written.join("\n"), pairs, Some(NoteCode::SeparatorRepaired), names);
    }
    if pairs.iter().zip(&next_names).all(|(pair, next)| ends(pair, next)) {
        check_read(&written.join("?"), pairs, Some(NoteCode::SeparatorRepaired), names);
    }
}

fn check_read(query: &str, expected: &[(Vec<u8>, Vec<u8>)], repair: Option<NoteCode>, names: Names) {
    let (pairs, notes) = split(query.as_bytes(), 0, names);
    assert_eq!(names_and_values(&pairs), expected, "{query}");
    assert!(pairs.iter().all(|pair| !pair.broken && !pair.cut_off), "{query}");
    assert_eq!(notes.is_empty(), repair.is_none(), "{query}: {notes:?}");
    assert!(notes.iter().all(|note| Some(note.code()) == repair), "{query}: {notes:?}");
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn values_around_eaten_names_are_decoded_separately() {
        for (query, expected) in [
            ("val=1%2E5\u{b6}m=50%zz", [("val", "1.5", false), ("param", "50%zz", true)]),
            ("val=50%zz\u{b6}m=1%2E5", [("val", "50%zz", true), ("param", "1.5", false)]),
            ("val=${x%y}\u{b6}m=%2D", [("val", "${x%y}", false), ("param", "-", false)]),
            ("val=${%2E\u{b6}m=%y}", [("val", "${.", false), ("param", "%y}", true)]),
        ] {
            let (pairs, _) = split(query.as_bytes(), 0, Names::POSTBACK);
            let read = pairs.iter().map(|pair| {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                (text(&pair.name), text(&pair.value), pair.broken)
            });
            let expected = expected.map(|(name, value, broken)| (name.to_owned(), value.to_owned(), broken));
            assert_eq!(read.collect::<Vec<_>>(), expected, "{query}");
            check_places(query.as_bytes(), &pairs, Names::POSTBACK);
        }
    }

    #[test]
    fn the_corpus_is_split_without_loss() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/read_query");
        let files: Vec<_> = fs::read_dir(corpus).unwrap().collect();
        assert!(files.len() > 20, "{}", files.len());
        for file in files {
            check_query(&fs::read(file.unwrap().path()).unwrap());
        }
    }
}
