//! Pages of lists: their sizes, and opaque tokens that name the last row of the page before.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use s2s_sdk::v1::ErrorReason;

use crate::{
    error::{Error, Result},
    values::id::AccountId,
};

const PAGE_ROWS_DEFAULT: u64 = 50;
const PAGE_ROWS_MAX: u64 = 1_000;
const LIST_HASH_BYTES: usize = 8;

/// The requested page of a list. `N` is the length of the list's sort key, in bytes.
pub struct PageRequest<const N: usize> {
    rows: u64,
    /// The key of the last row of the page before.
    pub after: Option<[u8; N]>,
    list: [u8; LIST_HASH_BYTES],
}

impl<const N: usize> PageRequest<N> {
    /// Parses the paging fields of a list request.
    ///
    /// A token is valid for one list only, so the arguments name everything that selects its rows:
    /// `call`, the call's name in the schema; `account`, whose rows are listed (the caller's own
    /// account if the list spans all accounts); and `filter`. The page size is not part of the
    /// token and may change between pages.
    ///
    /// # Errors
    ///
    /// `FIELD_INVALID` for a negative size, `PAGE_TOKEN_INVALID` for a malformed token or one of
    /// another list.
    pub fn parse(
        call: &str,
        account: AccountId,
        page_size: i32,
        page_token: &str,
        filter: &[&[u8]],
    ) -> Result<Self> {
        let rows = match u64::try_from(page_size) {
            Ok(0) => PAGE_ROWS_DEFAULT,
            Ok(rows) => rows.min(PAGE_ROWS_MAX),
            Err(_) => {
                let error = Error::new(ErrorReason::FieldInvalid, "page_size must be 0 or more");
                return Err(error.at_field("page_size"));
            }
        };
        let list = list_hash(call, account, filter);
        let after = if page_token.is_empty() { None } else { Some(read_token(page_token, list)?) };
        Ok(Self { rows, after, list })
    }

    /// Number of rows to read: one more than the page holds, to detect a further page.
    pub fn rows_to_read(&self) -> u64 {
        self.rows + 1
    }

    /// Cuts `rows`, which were read from the database, to the size of the page. Makes the token of
    /// the next page from the last row of this page. The token is empty on the last page.
    pub fn cut<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> [u8; N]) -> (Vec<T>, String) {
        let size = usize::try_from(self.rows).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let token = match rows.last() {
            Some(last) if more => {
                URL_SAFE_NO_PAD.encode([self.list.as_slice(), key(last).as_slice()].concat())
            }
            _ => String::new(),
        };
        (rows, token)
    }
}

fn read_token<const N: usize>(token: &str, list: [u8; LIST_HASH_BYTES]) -> Result<[u8; N]> {
    URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| bytes.strip_prefix(list.as_slice()).and_then(|key| key.try_into().ok()))
        .ok_or_else(|| {
            let message = "page_token belongs to another list or filter; start again without it";
            Error::new(ErrorReason::PageTokenInvalid, message).at_field("page_token")
        })
}

fn list_hash(call: &str, account: AccountId, filter: &[&[u8]]) -> [u8; LIST_HASH_BYTES] {
    let mut hasher = blake3::Hasher::new();
    for part in [call.as_bytes(), account.0.as_bytes()].iter().chain(filter) {
        hasher.update(&part.len().to_be_bytes());
        hasher.update(part);
    }
    let mut hash = [0; LIST_HASH_BYTES];
    hasher.finalize_xof().fill(&mut hash);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(call: &str, account: AccountId, token: &str, filter: &[&[u8]]) -> Result<PageRequest<4>> {
        PageRequest::parse(call, account, 2, token, filter)
    }

    #[test]
    fn a_token_leads_on_and_serves_its_list_alone() {
        let (own, other) = (AccountId::DEFAULT, AccountId::NOBODY);
        let first = parse("ListClicks", own, "", &[b"x"]).unwrap();
        let (rows, token) = first.cut(vec![5_u32, 4, 3], |row| row.to_be_bytes());
        assert_eq!(rows, [5, 4]);
        let second = parse("ListClicks", own, &token, &[b"x"]).unwrap();
        assert_eq!(second.after, Some(4_u32.to_be_bytes()));
        assert_eq!(second.cut(vec![3_u32], |row| row.to_be_bytes()).1, "");
        let larger = PageRequest::<4>::parse("ListClicks", own, 100, &token, &[b"x"]);
        assert_eq!(larger.unwrap().after, Some(4_u32.to_be_bytes()));
        for (call, account, filter) in [
            ("ListClicks", own, &[b"y".as_slice()][..]),
            ("ListClicks", own, &[]),
            ("ListClicks", own, &[b"x", b""]),
            ("ListClicks", other, &[b"x"]),
            ("ListConversions", own, &[b"x"]),
            ("ListClick", own, &[b"sx"]),
        ] {
            let error = parse(call, account, &token, filter).err().unwrap();
            assert_eq!(error.reason(), ErrorReason::PageTokenInvalid, "{call} {account} {filter:?}");
        }
        assert!(parse("ListClicks", own, "???", &[]).is_err());
    }

    #[test]
    fn sizes_have_a_default_and_a_limit() {
        let parse = |size| PageRequest::<4>::parse("ListClicks", AccountId::DEFAULT, size, "", &[]);
        for (size, rows) in [(0, 51), (1, 2), (1_000, 1_001), (i32::MAX, 1_001)] {
            assert_eq!(parse(size).unwrap().rows_to_read(), rows);
        }
        assert!(parse(-1).is_err());
    }
}
