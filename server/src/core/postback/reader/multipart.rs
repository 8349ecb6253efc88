//! Reader of `multipart/form-data`, which some HTTP clients send whenever they are given an array.
//!
//! The boundary is read from the body's first line, because the content type is often lost on the
//! way. A body that was cut off within its last part still has that part.

use std::ops::Range;

use crate::values::query::{Pair, Part, Place, offset_in};

/// Longest boundary, with its two hyphens, in bytes (RFC 2046, section 5.1.1).
const BOUNDARY_BYTES_MAX: usize = 72;
const DISPOSITION: &[u8] = b"content-disposition:";
const NAME: &[u8] = b"name=";

/// Reads the fields. `None`: the body is not multipart.
pub fn read(body: &[u8]) -> Option<Vec<Pair>> {
    let start = body.len() - body.trim_ascii_start().len();
    let (boundary, mut rest) = line(body.get(start..)?);
    let is_boundary = boundary.starts_with(b"--") && (3..=BOUNDARY_BYTES_MAX).contains(&boundary.len());
    let (first_header, _) = line(rest);
    if !is_boundary || !first_header.contains(&b':') {
        return None;
    }
    let mut pairs = Vec::new();
    while !rest.is_empty() {
        let (name, value) = head(rest);
        let (content, behind) = value.split_at_checked(ends(value, boundary))?;
        let content = without_line_end(content);
        if let Some(name) = name {
            let bytes = range(body, content);
            pairs.push(Pair {
                name: unquoted(name),
                value: content.to_vec(),
                broken: false,
                cut_off: false,
                nested: false,
                begins: range(body, name).start,
                place: Place { part: Part::Body, bytes },
            });
        }
        // The boundary is followed by the end of its line or, at the end of the body, by `--`.
        let behind = behind.get(boundary.len()..).unwrap_or_default();
        rest = if behind.starts_with(b"--") { &[] } else { line(behind).1 };
    }
    Some(pairs)
}

/// Returns the offset at which a value ends: at the first line that begins with the boundary or,
/// without such a line, at the end of the body.
fn ends(value: &[u8], boundary: &[u8]) -> usize {
    let behind_line = value.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let mut begins = std::iter::once(0).chain(behind_line);
    let is_boundary = |at: &usize| value.get(*at..).is_some_and(|line| line.starts_with(boundary));
    begins.find(is_boundary).unwrap_or(value.len())
}

/// Reads the headers of a part. Returns the name of the field, and the bytes after the headers.
fn head(part: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let (mut name, mut rest) = (None, part);
    loop {
        let (header, behind) = line(rest);
        rest = behind;
        if header.is_empty() {
            return (name, rest);
        }
        let start = header.get(..DISPOSITION.len());
        if start.is_some_and(|start| start.eq_ignore_ascii_case(DISPOSITION)) {
            name = name_in(header);
        }
    }
}

/// Finds the name in a header such as `Content-Disposition: form-data; name="val"`.
fn name_in(header: &[u8]) -> Option<&[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    let separates = |byte: &u8| {
        let literally = escaped;
        escaped = quoted && !literally && *byte == b'\\';
        quoted ^= *byte == b'"' && !literally;
        *byte == b';' && !quoted
    };
    let mut fields = header.split(separates).map(<[u8]>::trim_ascii);
    let is_name = |field: &&[u8]| field.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME));
    let name = fields.find(is_name)?.get(NAME.len()..)?;
    Some(name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name))
}

/// Undoes the escapes that clients use in names.
fn unquoted(name: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(name).replace("%22", "\"").replace("\\\"", "\"").into_bytes()
}

/// Splits bytes after their first line. Returns the line without its end, and the rest.
fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
    let (line, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
    (without_line_end(line), rest)
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

fn range(body: &[u8], part: &[u8]) -> Range<usize> {
    let start = offset_in(body, part);
    start..start + part.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(body: &str) -> Option<Vec<(String, String)>> {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let pairs = read(body.as_bytes())?;
        Some(pairs.into_iter().map(|pair| (text(pair.name), text(pair.value))).collect())
    }

    #[test]
    fn fields_are_read_as_clients_write_them() {
        let expected = [("clickId", "a b"), ("val", "1\r\n2")];
        let crlf = "--X\r\nContent-Disposition: form-data; name=\"clickId\"\r\n\r\na b\r\n--X\r\n\
                    content-type: text/plain\r\ncontent-disposition: form-data; name=val\r\n\r\n1\r\n2\r\n--X--\r\n";
        for body in [
            crlf.to_owned(),
            format!("\r\n{crlf}"),
            crlf.trim_end().to_owned(),
            crlf.replace("\r\n--X--\r\n", ""),
            crlf.replace("--X", "-----------------------------97367"),
            crlf.replace("form-data; name=\"clickId\"", "form-data; name=\"clickId\"; filename=\"a.txt\""),
        ] {
            let fields = fields(&body).unwrap();
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(fields, expected, "{body}");
        }
        let bare = fields(&crlf.replace("\r\n", "\n")).unwrap();
        assert_eq!(bare[1], ("val".to_owned(), "1\n2".to_owned()));
    }

    #[test]
    fn marks_of_multipart_may_occur_in_names_and_values() {
        for (name, value) in [("a;b", "1"), ("a; name=c", "--X"), ("a", "x--X--\r\ny -- --X")] {
            for more in ["", "; filename=\"c;name=d\"", ";name=\"x\""] {
                let body = format!(
                    "--X\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\nv{value}\r\n--X--\r\n"
                );
                assert_eq!(fields(&body).unwrap(), [(name.to_owned(), format!("v{value}"))], "{body}");
            }
        }
        let escaped =
            fields("--X\r\ncontent-disposition: form-data; name=\"a\\\";b\"; filename=c\r\n\r\n1").unwrap();
        assert_eq!(escaped, [("a\";b".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn other_bodies_are_no_multipart() {
        for body in ["", "--", "--X", "--X\r\n", "--X\r\nclickId=a", "clickId=a", "{}", "--a=1&b=2"] {
            assert!(read(body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn a_field_is_found_at_its_place() {
        let body = b"--X\r\nContent-Disposition: form-data; name=\"sec\"\r\n\r\nhidden\r\n--X--";
        let pairs = read(body).unwrap();
        assert_eq!(&body[pairs[0].place.bytes.clone()], b"hidden");
    }
}
