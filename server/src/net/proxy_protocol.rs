//! The PROXY protocol, versions 1 and 2: the first bytes of a connection, in which a proxy names
//! its client.
//!
//! The header is read only from trusted proxies, and they must send it. If it were optional,
//! clients could send a header of their own through a proxy that sends none.

use std::{io, net::IpAddr};

use ppp::{v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Start of a version 2 header. The shortest version 1 header is longer.
const BEGIN: &[u8] = v2::PROTOCOL_PREFIX;
/// Longest version 1 header by its specification, in bytes.
const V1_BYTES_MAX: usize = 107;
/// Longest rest of a version 2 header after its first 16 bytes, in bytes: addresses, and additions
/// such as the names in a certificate.
const V2_REST_BYTES_MAX: u16 = 4_096;

/// Reads the header, and no byte after it. Returns the client; `None` if the proxy connects for
/// itself, as for its own health checks.
pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<IpAddr>> {
    let mut header = vec![0; BEGIN.len()];
    stream.read_exact(&mut header).await?;
    if header == BEGIN { read_v2(stream, header).await } else { read_v1(stream, header).await }
}

async fn read_v1(stream: &mut (impl AsyncRead + Unpin), mut line: Vec<u8>) -> io::Result<Option<IpAddr>> {
    if !line.starts_with(b"PROXY ") {
        return Err(malformed());
    }
    while !line.ends_with(b"\r\n") {
        if line.len() >= V1_BYTES_MAX {
            return Err(malformed());
        }
        line.push(stream.read_u8().await?);
    }
    match v1::Header::try_from(line.as_slice()).map_err(|_| malformed())?.addresses {
        v1::Addresses::Tcp4(addresses) => Ok(Some(addresses.source_address.into())),
        v1::Addresses::Tcp6(addresses) => Ok(Some(addresses.source_address.into())),
        v1::Addresses::Unknown => Ok(None),
    }
}

async fn read_v2(stream: &mut (impl AsyncRead + Unpin), mut header: Vec<u8>) -> io::Result<Option<IpAddr>> {
    let mut behind = [0; 4];
    stream.read_exact(&mut behind).await?;
    header.extend(behind);
    let [_, _, high, low] = behind;
    let length = u16::from_be_bytes([high, low]);
    if length > V2_REST_BYTES_MAX {
        return Err(malformed());
    }
    let mut rest = vec![0; usize::from(length)];
    stream.read_exact(&mut rest).await?;
    header.extend(rest);
    let header = v2::Header::try_from(header.as_slice()).map_err(|_| malformed())?;
    Ok(match (header.command, header.addresses) {
        (v2::Command::Proxy, v2::Addresses::IPv4(addresses)) => Some(addresses.source_address.into()),
        (v2::Command::Proxy, v2::Addresses::IPv6(addresses)) => Some(addresses.source_address.into()),
        _ => None,
    })
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a trusted proxy sent no PROXY header")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v2(command: u8, family: u8, addresses: &[u8]) -> Vec<u8> {
        let length = u16::try_from(addresses.len()).unwrap().to_be_bytes();
        [BEGIN, [command, family].as_slice(), &length, addresses].concat()
    }

    #[tokio::test]
    async fn headers_are_read_to_the_byte() {
        let four = [198, 51, 100, 9, 10, 0, 0, 1, 0x12, 0x67, 0, 80];
        let mut six = [0_u8; 36];
        six[..2].copy_from_slice(&[0x20, 0x01]);
        six[15] = 9;
        let with_more = [four.as_slice(), &[0x04, 0, 1, 0]].concat();
        for (header, client) in [
            (b"PROXY TCP4 198.51.100.9 10.0.0.1 4711 80\r\n".to_vec(), Some("198.51.100.9")),
            (b"PROXY TCP6 2001::9 2001::1 4711 80\r\n".to_vec(), Some("2001::9")),
            (b"PROXY UNKNOWN\r\n".to_vec(), None),
            (b"PROXY UNKNOWN a b c d\r\n".to_vec(), None),
            (v2(0x21, 0x11, &four), Some("198.51.100.9")),
            (v2(0x21, 0x11, &with_more), Some("198.51.100.9")),
            (v2(0x21, 0x21, &six), Some("2001::9")),
            (v2(0x20, 0x00, &[]), None),
            (v2(0x20, 0x11, &four), None),
        ] {
            let bytes = [header.as_slice(), b"GET /"].concat();
            let mut stream = bytes.as_slice();
            let expected = client.map(|text| text.parse().unwrap());
            assert_eq!(read(&mut stream).await.unwrap(), expected, "{}", String::from_utf8_lossy(&header));
            assert_eq!(stream, b"GET /");
        }
    }

    #[tokio::test]
    async fn a_malformed_header_is_an_error() {
        let endless = [b"PROXY TCP4 ".as_slice(), &[b'1'; 1_000]].concat();
        for bytes in [
            b"".as_slice(),
            b"GET / HTTP/1.1\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00",
            b"PROXY TCP4 198.51.100.9 10.0.0.1 4711",
            b"PROXY TCP4 x 10.0.0.1 4711 80\r\n",
            b"PROXY TCP9 198.51.100.9 10.0.0.1 4711 80\r\n",
            &endless,
            &v2(0x21, 0x11, &[1, 2, 3]),
            &v2(0x31, 0x11, &[0; 12]),
            &[BEGIN, [0x21, 0x11, 0xff, 0xff].as_slice(), &vec![0; 70_000]].concat(),
        ] {
            let mut stream = bytes;
            assert!(read(&mut stream).await.is_err(), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
