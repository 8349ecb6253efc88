use super::*;

/// Hashes of the list's beginnings of some lengths. Stored rows depend on these phrases and their
/// places: never change a line, add new lines at the end, and add a line here for the new length.
const KEPT: [(usize, &str); 1] =
    [(1_118, "a0346474fe56e91fd52e3772a05c1cc4bef7959562b44b2b6053bb0089fe5b7b")];

const NONE: [&[u8]; 2] = [b"", b""];

fn coded(text: &[u8], references: [&[u8]; 2]) -> Vec<u8> {
    let mut coded = Vec::new();
    encode(text, references, &mut coded);
    coded
}

#[track_caller]
fn check(text: &[u8], references: [&[u8]; 2]) {
    let coded = coded(text, references);
    assert_eq!(decode(&coded, references).as_deref(), Some(text), "{coded:?}");
}

#[test]
fn stored_phrases_stay_in_their_places() {
    for (phrases, kept) in KEPT {
        let beginning: Vec<&str> = LIST.lines().take(phrases).collect();
        assert_eq!(beginning.len(), phrases);
        let hash = blake3::hash(beginning.join("\n").as_bytes()).to_hex();
        assert_eq!(hash.as_str(), kept, "{phrases}");
    }
    let (longest, _) = KEPT.last().unwrap();
    assert_eq!(LIST.lines().count(), *longest, "name the new length of the list above");
}

#[test]
fn every_phrase_has_a_code_of_its_own() {
    let phrases = Phrases::read();
    assert_eq!(phrases.list.len(), LIST.lines().count());
    assert!(phrases.list.len() <= PHRASES_MAX);
    for (number, phrase) in phrases.list.iter().enumerate() {
        assert!(phrase.len() >= 2 && phrase.is_ascii() && !phrase.contains(&0), "{number}");
        assert_eq!(phrases.longest(phrase).unwrap().number, number, "{number} occurs twice");
        check(phrase, NONE);
        let size = if number < ONE_BYTE_PHRASES { 1 } else { 2 };
        // Digits may be written as a number.
        let is_number = phrase.iter().all(u8::is_ascii_digit) && phrase.len() >= DIGITS_MIN;
        assert!(is_number || coded(phrase, NONE).len() == size, "{number}");
    }
}

#[test]
fn the_longest_phrase_is_taken() {
    let phrases = Phrases::read();
    for text in
        ["&sub1=x", "&sub10=x", "&sub", "https://www.google.com/", "https://www.googl", "Mozilla/5.0 (Z", "M"]
    {
        let fits = |phrase: &&&[u8]| text.as_bytes().starts_with(phrase);
        let expected = phrases.list.iter().filter(fits).max_by_key(|phrase| phrase.len());
        assert_eq!(phrases.longest(text.as_bytes()).map(|phrase| phrase.text), expected.copied(), "{text}");
    }
}

#[test]
fn numbers_are_binary() {
    for (text, bytes) in [
        ("1234", 3),
        ("65535", 3),
        ("65536", 4),
        ("123456789012345678", 9),
        ("1234567890123456789", 10),
        ("0123456", 5),
        ("00012345", 6),
        ("123", 3),
        ("999999999999999999", 9),
        ("18446744073709551615", 12),
    ] {
        assert!(coded(text.as_bytes(), NONE).len() <= bytes, "{text} {:?}", coded(text.as_bytes(), NONE));
        check(text.as_bytes(), NONE);
    }
}

#[test]
fn a_reference_takes_one_byte() {
    let references: [&[u8]; 2] = [b"0123456789abcdef", b"CODE"];
    let text = b"0123456789abcdef!CODE!CODE0123456789abcdefCOD";
    assert_eq!(coded(text, references), b"\xfd!\xfe!\xfe\xfdCOD");
    check(text, references);
    assert_eq!(decode(b"\xfd", NONE), Some(Vec::new()));
}

#[test]
fn codes_that_nothing_has_are_refused() {
    for broken in [&b"\xe8"[..], b"\xf4\xff", b"\xf5\x01", b"\xfb1234567", b"\xfc", b"\xff", b"\xff\x02\x80"]
    {
        assert_eq!(decode(broken, NONE), None, "{broken:?}");
    }
}

/// Random bytes, the same in each run.
struct Bytes(u64);

impl Bytes {
    fn next(&mut self) -> u8 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0.to_be_bytes()[0]
    }
}

#[test]
fn any_bytes_come_back() {
    let phrases = Phrases::read();
    let mut random = Bytes(7);
    let mut text = Vec::new();
    for round in 0..20_000_usize {
        text.clear();
        for _ in 0..random.next() % 16 {
            match random.next() % 6 {
                0 => text.push(random.next()),
                1 => text.push(random.next() % 128),
                2 => text.extend((0..random.next() % 24).map(|_| b'0' + random.next() % 10)),
                3 => text.extend((0..random.next()).map(|_| random.next() | 0x80)),
                _ => {
                    let at = usize::from(random.next()) * 5 % phrases.list.len();
                    let phrase = phrases.list[at];
                    text.extend(&phrase[..phrase.len() - usize::from(random.next() % 2)]);
                }
            }
        }
        let whole = text.clone();
        let part = |at: usize| whole.get(at..at + 3).unwrap_or_default();
        check(&text, [part(round % 8), part(round % 5)]);
        check(&text, NONE);
    }
    check(&[0x80; 1_000], NONE);
    check(&(0..=255).collect::<Vec<u8>>(), NONE);
}
