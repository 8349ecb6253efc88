//! Pages of lists: sizes, and opaque tokens that say after which row the next page begins.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use s2s_sdk::v1::ErrorReason;

use crate::error::{Error, Result};

const PAGE_ROWS_DEFAULT: u64 = 50;
const PAGE_ROWS_MAX: u64 = 1_000;
const FILTER_HASH_BYTES: usize = 8;

/// Which page of a list is asked for. `N`: the bytes of the key that the list is sorted by.
pub struct PageRequest<const N: usize> {
    rows: u64,
    /// The key of the last row of the page before.
    pub after: Option<[u8; N]>,
    filter: [u8; FILTER_HASH_BYTES],
}

impl<const N: usize> PageRequest<N> {
    /// `filter`: all that decides which rows the list has, so that a token serves that list alone.
    pub fn parse(page_size: i32, page_token: &str, filter: &[&[u8]]) -> Result<Self> {
        let rows = match u64::try_from(page_size) {
            Ok(0) => PAGE_ROWS_DEFAULT,
            Ok(rows) => rows.min(PAGE_ROWS_MAX),
            Err(_) => {
                let error = Error::new(ErrorReason::FieldInvalid, "page_size must be 0 or more");
                return Err(error.at_field("page_size"));
            }
        };
        let filter = filter_hash(filter);
        let after = if page_token.is_empty() { None } else { Some(read_token(page_token, filter)?) };
        Ok(Self { rows, after, filter })
    }

    /// How many rows to read: one more than the page has, to know whether there is another.
    pub fn rows_to_read(&self) -> u64 {
        self.rows + 1
    }

    /// Cuts the rows read to the page, and makes the next page's token from the key of its last row.
    pub fn cut<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> [u8; N]) -> (Vec<T>, String) {
        let size = usize::try_from(self.rows).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let token = match rows.last() {
            Some(last) if more => {
                URL_SAFE_NO_PAD.encode([self.filter.as_slice(), key(last).as_slice()].concat())
            }
            _ => String::new(),
        };
        (rows, token)
    }
}

fn read_token<const N: usize>(token: &str, filter: [u8; FILTER_HASH_BYTES]) -> Result<[u8; N]> {
    URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| bytes.strip_prefix(filter.as_slice()).and_then(|key| key.try_into().ok()))
        .ok_or_else(|| {
            let message = "page_token is not one of this list with this filter; begin again without it";
            Error::new(ErrorReason::PageTokenInvalid, message).at_field("page_token")
        })
}

fn filter_hash(parts: &[&[u8]]) -> [u8; FILTER_HASH_BYTES] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&part.len().to_be_bytes());
        hasher.update(part);
    }
    let mut hash = [0; FILTER_HASH_BYTES];
    hasher.finalize_xof().fill(&mut hash);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_on_and_serves_its_list_alone() {
        let first = PageRequest::<4>::parse(2, "", &[b"clicks", b"x"]).unwrap();
        let (rows, token) = first.cut(vec![5_u32, 4, 3], |row| row.to_be_bytes());
        assert_eq!(rows, [5, 4]);
        let second = PageRequest::<4>::parse(2, &token, &[b"clicks", b"x"]).unwrap();
        assert_eq!(second.after, Some(4_u32.to_be_bytes()));
        assert_eq!(second.cut(vec![3_u32], |row| row.to_be_bytes()).1, "");
        for filter in [[b"clicks".as_slice(), b"y"], [b"click", b"sx"]] {
            assert!(PageRequest::<4>::parse(2, &token, &filter).is_err());
        }
        assert!(PageRequest::<4>::parse(2, "???", &[]).is_err());
    }

    #[test]
    fn sizes_have_a_default_and_a_limit() {
        for (size, rows) in [(0, 51), (1, 2), (1_000, 1_001), (i32::MAX, 1_001)] {
            assert_eq!(PageRequest::<4>::parse(size, "", &[]).unwrap().rows_to_read(), rows);
        }
        assert!(PageRequest::<4>::parse(-1, "", &[]).is_err());
    }
}
