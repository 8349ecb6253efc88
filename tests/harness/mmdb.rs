//! Geo databases in MaxMind's format, as small as they can be.
//!
//! The format: a binary tree over the bits of addresses, 16 zero bytes, the data, and the metadata
//! behind a mark. A record of a node is the number of another node, or the number of nodes for "not
//! found", or that number plus 16 plus the place of the data.

use std::{collections::BTreeMap, net::IpAddr};

const SEPARATOR_BYTES: usize = 16;
const MARK: &[u8] = b"\xab\xcd\xefMaxMind.com";

/// A value of the data.
enum Value<'a> {
    Text(&'a str),
    Number16(u16),
    Number32(u32),
    Number64(u64),
    EmptyList,
    Map(Vec<(&'a str, Value<'a>)>),
}

/// Appends a value. Texts and maps have at most 28 bytes or entries.
fn write(value: &Value, to: &mut Vec<u8>) {
    let mut head = |kind: u8, size: usize| to.push(kind << 5 | u8::try_from(size).unwrap());
    match value {
        Value::Text(text) => {
            head(2, text.len());
            to.extend(text.as_bytes());
        }
        Value::Number16(number) => {
            head(5, 2);
            to.extend(number.to_be_bytes());
        }
        Value::Number32(number) => {
            head(6, 4);
            to.extend(number.to_be_bytes());
        }
        Value::Number64(number) => {
            // An extended type: its number minus 7 is in a second byte.
            head(0, 8);
            to.push(2);
            to.extend(number.to_be_bytes());
        }
        Value::EmptyList => {
            head(0, 0);
            to.push(4);
        }
        Value::Map(entries) => {
            head(7, entries.len());
            for (name, value) in entries {
                write(&Value::Text(name), to);
                write(value, to);
            }
        }
    }
}

/// A record of a node.
#[derive(Clone, Copy)]
enum Place {
    Nothing,
    Node(usize),
    Data(usize),
}

/// A database of networks of the same kind of addresses, with their countries. `built` is in
/// seconds since 1970. If `flat`, a record has `country_code` in place of `country.iso_code`.
pub fn database(networks: &[(&str, u8, &str)], built: u64, flat: bool) -> Vec<u8> {
    let (mut nodes, mut data) = (vec![[Place::Nothing; 2]], Vec::new());
    let mut places = BTreeMap::new();
    let mut version = 4;
    for (address, length, country) in networks {
        let place = *places.entry(*country).or_insert_with(|| {
            let place = data.len();
            let country = Value::Text(country);
            let record = if flat {
                ("country_code", country)
            } else {
                ("country", Value::Map(vec![("iso_code", country)]))
            };
            write(&Value::Map(vec![record]), &mut data);
            place
        });
        let octets = match address.parse().unwrap() {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => {
                version = 6;
                address.octets().to_vec()
            }
        };
        let mut node = 0;
        for bit in 0..*length {
            let side = usize::from(octets[usize::from(bit / 8)] >> (7 - bit % 8) & 1);
            if bit + 1 == *length {
                nodes[node][side] = Place::Data(place);
            } else if let Place::Node(next) = nodes[node][side] {
                node = next;
            } else {
                nodes.push([Place::Nothing; 2]);
                nodes[node][side] = Place::Node(nodes.len() - 1);
                node = nodes.len() - 1;
            }
        }
    }
    let mut bytes = Vec::new();
    for place in nodes.iter().flatten() {
        let number = match place {
            Place::Nothing => nodes.len(),
            Place::Node(node) => *node,
            Place::Data(place) => nodes.len() + SEPARATOR_BYTES + place,
        };
        bytes.extend(&u32::try_from(number).unwrap().to_be_bytes()[1..]);
    }
    bytes.extend([0; SEPARATOR_BYTES]);
    bytes.extend(data);
    bytes.extend(MARK);
    let metadata = vec![
        ("binary_format_major_version", Value::Number16(2)),
        ("binary_format_minor_version", Value::Number16(0)),
        ("build_epoch", Value::Number64(built)),
        ("database_type", Value::Text("Test-Country")),
        ("description", Value::Map(Vec::new())),
        ("ip_version", Value::Number16(version)),
        ("languages", Value::EmptyList),
        ("node_count", Value::Number32(u32::try_from(nodes.len()).unwrap())),
        ("record_size", Value::Number16(24)),
    ];
    write(&Value::Map(metadata), &mut bytes);
    bytes
}
