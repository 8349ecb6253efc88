//! The packed texts of a row: all texts of a click or of a postback in one value, in a short form
//! from which they come back byte by byte.
//!
//! A packed value begins with a byte that names its layout, which its table decides, and has one
//! field after another. Fields at its end that are empty are left out.
//!
//! Absent on purpose: a table of the texts that occur often. It would keep texts of visitors who
//! have been erased. The only texts that are known in advance are in the source (`phrases.txt`).

mod coder;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{address::address_text, sub_ids::SubIds};

/// The references of a text that has none.
pub const NO_REFERENCES: [&[u8]; 2] = [&[], &[]];

/// The forms of an address: none; the first bytes of an address whose other bytes are zero; a
/// whole address; any other text.
const NO_ADDRESS: u64 = 0;
const IPV4_NETWORK: u64 = 1;
const IPV4: u64 = 2;
const IPV6_NETWORK: u64 = 3;
const IPV6: u64 = 4;
const OTHER_ADDRESS: u64 = 5;

/// Bytes of a number that stand for the lowest bits of it.
const BITS_OF_BYTE: u32 = 7;
const MORE: u8 = 0x80;

/// Writes a packed value.
pub struct Packer {
    bytes: Vec<u8>,
    /// The length up to the last field that is not empty.
    filled: usize,
}

impl Packer {
    /// Begins a value with the layout's number, which must not be 0.
    pub fn new(layout: u8) -> Self {
        let mut bytes = Vec::with_capacity(128);
        bytes.push(layout);
        Self { bytes, filled: 1 }
    }

    /// Appends bytes whose number the layout knows.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.filled = self.bytes.len();
    }

    pub fn number(&mut self, number: u64) {
        let mut rest = number;
        loop {
            let [lowest, ..] = rest.to_le_bytes();
            rest >>= BITS_OF_BYTE;
            if rest == 0 {
                self.bytes.push(lowest);
                break;
            }
            self.bytes.push(lowest | MORE);
        }
        if number != 0 {
            self.filled = self.bytes.len();
        }
    }

    /// Appends a text. `references` are texts that the row has in another place: where the text
    /// contains one, it takes one byte.
    ///
    /// The number before the text is twice the length of its code, or twice its own length plus one
    /// if the code would be longer than the text.
    pub fn text(&mut self, text: &[u8], references: [&[u8]; 2]) {
        if text.is_empty() {
            return self.number(0);
        }
        // Most numbers take one byte.
        self.bytes.push(0);
        let start = self.bytes.len();
        coder::encode(text, references, &mut self.bytes);
        let length = self.bytes.len() - start;
        let is_short = length < usize::from(MORE / 2) && length <= text.len();
        match (u8::try_from(length * 2), self.bytes.get_mut(start - 1)) {
            (Ok(number), Some(place)) if is_short => *place = number,
            _ => return self.long_text(text, start),
        }
        self.filled = self.bytes.len();
    }

    /// Writes a text again whose code begins at `start`, after one byte for its number.
    fn long_text(&mut self, text: &[u8], start: usize) {
        let code = self.bytes.split_off(start);
        self.bytes.truncate(start - 1);
        let is_plain = code.len() > text.len();
        let code = if is_plain { text } else { &code };
        self.number(u64::try_from(code.len()).unwrap_or(u64::MAX) * 2 + u64::from(is_plain));
        self.bytes(code);
    }

    /// Appends an address as it is stored.
    pub fn address(&mut self, text: &str) {
        let address = text.parse::<IpAddr>().ok().filter(|address| address_text(*address) == text);
        match address {
            None if text.is_empty() => self.number(NO_ADDRESS),
            None => {
                self.number(OTHER_ADDRESS);
                self.text(text.as_bytes(), NO_REFERENCES);
            }
            Some(IpAddr::V4(address)) => match address.octets() {
                [network @ .., 0] => {
                    self.number(IPV4_NETWORK);
                    self.bytes(&network);
                }
                octets => {
                    self.number(IPV4);
                    self.bytes(&octets);
                }
            },
            Some(IpAddr::V6(address)) => match address.octets() {
                [network @ .., 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] => {
                    self.number(IPV6_NETWORK);
                    self.bytes(&network);
                }
                octets => {
                    self.number(IPV6);
                    self.bytes(&octets);
                }
            },
        }
    }

    /// Appends the sub ids of a click after its query. Sub ids that are those of the query take no
    /// place.
    pub fn sub_ids(&mut self, sub_ids: &SubIds, query: &str) {
        if *sub_ids == of_query(query) {
            return self.number(0);
        }
        let filled = (0_u32..).zip(&sub_ids.0).filter(|(_, value)| !value.is_empty());
        let mask = filled.clone().fold(0_u64, |mask, (index, _)| mask | 1 << index);
        self.number(mask + 1);
        for (_, value) in filled {
            self.text(value.as_bytes(), NO_REFERENCES);
        }
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.truncate(self.filled);
        self.bytes
    }
}

/// Reads a packed value, field by field. Each function returns `None` if there is no such field.
pub struct Unpacker<'a> {
    rest: &'a [u8],
}

impl<'a> Unpacker<'a> {
    /// Begins with a value of this layout.
    pub fn new(layout: u8, packed: &'a [u8]) -> Option<Self> {
        let (first, rest) = packed.split_first()?;
        (*first == layout).then_some(Self { rest })
    }

    pub fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*bytes)
    }

    pub fn number(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        while let Some((byte, rest)) = self.rest.split_first() {
            self.rest = rest;
            number |= u64::from(byte & !MORE).checked_shl(shift)?;
            shift += BITS_OF_BYTE;
            if byte & MORE == 0 {
                return Some(number);
            }
        }
        // Empty fields at the end are left out.
        (shift == 0).then_some(0)
    }

    pub fn text(&mut self, references: [&[u8]; 2]) -> Option<Vec<u8>> {
        let number = self.number()?;
        let length = usize::try_from(number / 2).ok()?;
        let (code, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        if number % 2 == 1 { Some(code.to_vec()) } else { coder::decode(code, references) }
    }

    /// A text in UTF-8.
    pub fn string(&mut self, references: [&[u8]; 2]) -> Option<String> {
        String::from_utf8(self.text(references)?).ok()
    }

    pub fn address(&mut self) -> Option<String> {
        Some(match self.number()? {
            NO_ADDRESS => String::new(),
            IPV4_NETWORK => {
                let [a, b, c] = self.bytes()?;
                address_text(Ipv4Addr::new(a, b, c, 0).into())
            }
            IPV4 => address_text(Ipv4Addr::from_octets(self.bytes()?).into()),
            IPV6_NETWORK => {
                let network: [u8; 6] = self.bytes()?;
                let mut octets = [0; 16];
                octets.iter_mut().zip(network).for_each(|(octet, byte)| *octet = byte);
                address_text(Ipv6Addr::from_octets(octets).into())
            }
            IPV6 => address_text(Ipv6Addr::from_octets(self.bytes()?).into()),
            OTHER_ADDRESS => self.string(NO_REFERENCES)?,
            _ => return None,
        })
    }

    pub fn sub_ids(&mut self, query: &str) -> Option<SubIds> {
        let Some(mask) = self.number()?.checked_sub(1) else { return Some(of_query(query)) };
        let mut sub_ids = SubIds::default();
        for (index, value) in (0_u32..).zip(&mut sub_ids.0) {
            if mask & 1 << index != 0 {
                *value = self.string(NO_REFERENCES)?;
            }
        }
        Some(sub_ids)
    }
}

/// The sub ids in a query: of each, the first value that is not empty. A pair begins with `sub` and
/// the number. The value is decoded by the rule of the URL standard.
///
/// Most sub ids are these, because a redirect reads them from the query. The rules of a redirect
/// are not used here: they also repair queries, and later versions may repair more, but the sub ids
/// of a stored click must not change.
fn of_query(query: &str) -> SubIds {
    let mut sub_ids = SubIds::default();
    for pair in query.split('&') {
        let Some((number, value)) = pair.strip_prefix("sub").and_then(|pair| pair.split_once('=')) else {
            continue;
        };
        let index = match number.as_bytes() {
            [digit @ b'1'..=b'9'] => usize::from(digit - b'1'),
            b"10" => 9,
            _ => continue,
        };
        if let Some(slot) = sub_ids.0.get_mut(index).filter(|slot| slot.is_empty()) {
            *slot = if value.contains(['%', '+']) {
                let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
                decoded.map(|(_, value)| value.into_owned()).unwrap_or_default()
            } else {
                value.to_owned()
            };
        }
    }
    sub_ids
}

#[cfg(test)]
mod tests;
