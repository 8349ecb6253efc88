//! Splits the target of a request, and finds the name in its path. Also reads targets that people
//! and programs have copied carelessly.

use std::{borrow::Cow, ops::Range};

use super::{query::decode, text::is_trimmed};

/// Marks between path and query: the right one, and the marks that careless copies have instead.
const MARKS: [&[u8]; 6] = [b"?", b"&", b";", b"%3f", b"%26", b"%3b"];

/// Returns the place of the first mark between path and query.
pub fn mark(target: &[u8]) -> Option<Range<usize>> {
    let may_begin = |(_, byte): &(usize, &u8)| matches!(byte, b'?' | b'&' | b';' | b'%');
    target.iter().enumerate().filter(may_begin).find_map(|(at, _)| {
        let rest = target.get(at..)?;
        let begins =
            |mark: &&&[u8]| rest.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
        MARKS.iter().find(begins).map(|mark| at..at + mark.len())
    })
}

/// A target, split.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    path: &'a [u8],
    /// The part after the mark; empty if there is no mark.
    pub query: &'a [u8],
}

impl<'a> Target<'a> {
    pub fn split(target: &'a [u8]) -> Self {
        let mark = mark(target).unwrap_or(target.len()..target.len());
        let path = target.get(..mark.start).unwrap_or_default();
        Self { path, query: target.get(mark.end..).unwrap_or_default() }
    }

    /// The name in the path: decoded, without slashes around it, and without the punctuation that
    /// surrounds an address in a text. Names consist of `a-z`, `0-9`, `-` and `_`, in any case.
    pub fn name(&self) -> Cow<'a, str> {
        let path = String::from_utf8_lossy(self.path);
        if let Cow::Borrowed(path) = path
            && let Some(name) = path.strip_prefix('/')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        {
            return Cow::Borrowed(name);
        }
        // In a path, `+` does not stand for a blank.
        let (decoded, _) = decode(path.replace('+', "%2B").as_bytes());
        let name = String::from_utf8_lossy(&decoded);
        let is_around = |character: char| {
            let is_own = character.is_alphanumeric() || matches!(character, '-' | '_');
            is_trimmed(character) || !is_own
        };
        Cow::Owned(name.trim_matches(is_around).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_what_its_writer_meant() {
        for (target, name, query) in [
            ("/summer", "summer", ""),
            ("/Summer/", "Summer", ""),
            ("/summer?sub1=x", "summer", "sub1=x"),
            ("/summer&sub1=x", "summer", "sub1=x"),
            ("/summer;sub1=x", "summer", "sub1=x"),
            ("/summer%3Fsub1=x", "summer", "sub1=x"),
            ("/summer%3fsub1=x?b", "summer", "sub1=x?b"),
            ("/summer%26sub1=x", "summer", "sub1=x"),
            ("/summer.", "summer", ""),
            ("/summer,", "summer", ""),
            ("/summer)?a=1", "summer", "a=1"),
            ("/(summer).", "summer", ""),
            ("/summer%20", "summer", ""),
            ("/summer+", "summer", ""),
            ("/summer%C2%A0?a", "summer", "a"),
            ("/summer%E2%80%8B", "summer", ""),
            ("/%20summer", "summer", ""),
            ("/s%75mmer", "summer", ""),
            ("/summer%2F", "summer", ""),
            ("/%22summer%22", "summer", ""),
            ("/summer%21", "summer", ""),
            ("//s2s?clickId=a", "s2s", "clickId=a"),
            ("/s2s%20?clickId=a", "s2s", "clickId=a"),
            ("/s2s%26clickId=a", "s2s", "clickId=a"),
            ("/?clickId=a", "", "clickId=a"),
            ("/summer-x_", "summer-x_", ""),
            ("/a/b", "a/b", ""),
            ("/s2s.v1.ClickService/Get", "s2s.v1.ClickService/Get", ""),
            ("/", "", ""),
            ("", "", ""),
        ] {
            let split = Target::split(target.as_bytes());
            assert_eq!((&*split.name(), split.query), (name, query.as_bytes()), "{target}");
        }
    }
}
