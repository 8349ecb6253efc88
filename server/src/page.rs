//! Pages of lists: their sizes, and opaque tokens that say where the next page begins. Also limits
//! the size of answers that have no pages.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use prost::{Message, encoding::encoded_len_varint};
use s2s_sdk::v1::ErrorReason;

use crate::{
    error::{Error, Result},
    values::id::AccountId,
};

const PAGE_ROWS_DEFAULT: u64 = 50;
const PAGE_ROWS_MAX: u64 = 1_000;
const LIST_HASH_BYTES: usize = 8;
/// Maximum size of the list in an answer, in bytes; a list of one item may be longer. By default,
/// gRPC clients refuse answers of more than 4 MiB. The difference is for the parts of an answer
/// beside its list.
pub const ANSWER_BYTES_MAX: usize = 3 * 1_024 * 1_024;

/// The requested page of a list. `N` is the length of the list's sort key, in bytes.
pub struct PageRequest<const N: usize> {
    rows: u64,
    /// The key after which the page begins; `None` for the first page.
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

    /// A page that the server itself reads, after the row with this key.
    pub fn own(rows: u64, after: Option<[u8; N]>) -> Self {
        Self { rows, after, list: [0; LIST_HASH_BYTES] }
    }

    /// Number of rows to read: one more than the page holds, to detect a further page.
    pub fn rows_to_read(&self) -> u64 {
        self.rows + 1
    }

    /// Cuts `rows`, which were read from the database, to the size of the page. If the search
    /// stopped before the end of the list, `looked_up_to` is the key of the last row that it looked
    /// at. If it reached the end, `looked_up_to` is `None`.
    pub fn cut<T>(
        &self,
        mut rows: Vec<T>,
        looked_up_to: Option<[u8; N]>,
        key: impl Fn(&T) -> [u8; N],
    ) -> Page<T, N> {
        let size = usize::try_from(self.rows).unwrap_or(usize::MAX);
        let next = if rows.len() > size {
            rows.truncate(size);
            rows.last().map(&key)
        } else {
            looked_up_to
        };
        let rows = rows.into_iter().map(|row| (key(&row), row)).collect();
        Page { rows, next, list: self.list }
    }
}

/// The rows of a page, newest first.
pub struct Page<T, const N: usize> {
    /// The rows with their keys.
    rows: Vec<([u8; N], T)>,
    /// The key after which the next page begins; `None` on the last page.
    next: Option<[u8; N]>,
    list: [u8; LIST_HASH_BYTES],
}

impl<T, const N: usize> Page<T, N> {
    pub fn rows(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().map(|(_, row)| row)
    }

    /// Returns all rows, and the key after which the next page begins: `None` on the last page.
    pub fn into_own(self) -> (Vec<T>, Option<[u8; N]>) {
        (self.rows.into_iter().map(|(_, row)| row).collect(), self.next)
    }

    /// Returns all rows, and the token of the next page. The token is empty on the last page.
    pub fn into_rows(self) -> (Vec<T>, String) {
        let token = self.token(self.next);
        (self.rows.into_iter().map(|(_, row)| row).collect(), token)
    }

    /// Converts the rows to messages, as many as fit into an answer and at least one. Returns these
    /// messages, and the token of the next page, which continues after the last of them.
    pub fn into_messages<M: Message>(mut self, convert: impl Fn(T) -> M) -> (Vec<M>, String) {
        let (mut messages, mut bytes, mut last) = (Vec::new(), 0, None);
        for (key, row) in std::mem::take(&mut self.rows) {
            let message = convert(row);
            bytes += listed_bytes(&message);
            if bytes > ANSWER_BYTES_MAX && last.is_some() {
                return (messages, self.token(last));
            }
            messages.push(message);
            last = Some(key);
        }
        (messages, self.token(self.next))
    }

    fn token(&self, key: Option<[u8; N]>) -> String {
        let bytes = key.map(|key| [self.list.as_slice(), key.as_slice()].concat());
        bytes.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default()
    }
}

/// Shortens messages, the last ones first, until all of them fit into `bytes_max`: an answer that
/// has no pages must not leave out any message. Returns the number of messages that were shortened.
pub fn fit<M: Message + Clone>(messages: &mut [M], bytes_max: usize, shorten: impl Fn(&mut M)) -> usize {
    let mut bytes = all_listed_bytes(messages);
    let mut shortened = 0;
    for message in messages.iter_mut().rev() {
        if bytes <= bytes_max {
            break;
        }
        let mut short = message.clone();
        shorten(&mut short);
        // The note that texts are left out may be longer than these texts.
        let (before, after) = (listed_bytes(message), listed_bytes(&short));
        if after < before {
            bytes -= before - after;
            *message = short;
            shortened += 1;
        }
    }
    shortened
}

/// The size of messages in a list.
pub fn all_listed_bytes(messages: &[impl Message]) -> usize {
    messages.iter().map(listed_bytes).sum()
}

/// The size of a message in a list: tag, length and message.
fn listed_bytes(message: &impl Message) -> usize {
    let bytes = message.encoded_len();
    1 + encoded_len_varint(u64::try_from(bytes).unwrap_or(u64::MAX)) + bytes
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
    fn a_token_continues_its_own_list_and_no_other() {
        let (own, other) = (AccountId::DEFAULT, AccountId::NOBODY);
        let first = parse("ListClicks", own, "", &[b"x"]).unwrap();
        let key = |row: &u32| row.to_be_bytes();
        let (rows, token) = first.cut(vec![5_u32, 4, 3], None, key).into_rows();
        assert_eq!(rows, [5, 4]);
        let second = parse("ListClicks", own, &token, &[b"x"]).unwrap();
        assert_eq!(second.after, Some(4_u32.to_be_bytes()));
        assert_eq!(second.cut(vec![3_u32], None, key).into_rows().1, "");
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
    fn a_page_ends_at_its_limit_of_bytes_or_where_the_search_stopped() {
        let first = PageRequest::<4>::parse("ListClicks", AccountId::DEFAULT, 3, "", &[]).unwrap();
        let page = |sizes: &[usize], looked_up_to: Option<u32>| {
            let rows: Vec<(u32, usize)> = (0..).zip(sizes.iter().copied()).collect();
            first.cut(rows, looked_up_to.map(u32::to_be_bytes), |(number, _)| number.to_be_bytes())
        };
        let third = ANSWER_BYTES_MAX / 3;
        for (sizes, looked_up_to, sent, after) in [
            (&[1, 1][..], None, 2, None),
            (&[1, 1], Some(9), 2, Some(9)),
            (&[], Some(9), 0, Some(9)),
            (&[1, 1, 1, 1], Some(9), 3, Some(2)),
            (&[third, third, third], None, 2, Some(1)),
            (&[third - 9, third - 9, third - 9], None, 3, None),
            (&[third, third, third], Some(9), 2, Some(1)),
            (&[2 * ANSWER_BYTES_MAX, 1], None, 1, Some(0)),
            (&[1, 2 * ANSWER_BYTES_MAX], None, 1, Some(0)),
            (&[2 * ANSWER_BYTES_MAX], None, 1, None),
        ] {
            let (messages, token) = page(sizes, looked_up_to).into_messages(|(_, size)| "x".repeat(size));
            let read = |token: &str| PageRequest::<4>::parse("ListClicks", AccountId::DEFAULT, 3, token, &[]);
            let next = read(&token).unwrap().after.map(u32::from_be_bytes);
            assert_eq!((messages.len(), next), (sent, after), "{sizes:?} {looked_up_to:?}");
        }
    }

    #[test]
    fn the_last_messages_are_shortened_first_and_no_more_than_necessary() {
        let all = || vec!["x".repeat(100), "y".repeat(100), "z".repeat(100)];
        // 100 bytes of text are 102 bytes as a message, and 104 in a list.
        for (bytes_max, left) in [(312, 3), (311, 2), (210, 2), (209, 1), (107, 0), (0, 0)] {
            let mut messages = all();
            assert_eq!(fit(&mut messages, bytes_max, String::clear), 3 - left, "{bytes_max}");
            let whole = messages.iter().take_while(|message| message.len() == 100).count();
            assert_eq!(whole, left, "{bytes_max}");
        }
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
