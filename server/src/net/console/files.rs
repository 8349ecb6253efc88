//! The console's files, which the build compresses and puts into the program (`server/build.rs`).

use std::{collections::HashMap, io::Read as _, sync::LazyLock};

use flate2::read::GzDecoder;

// `PACKED`: the name of each file, with `/` between folders, and its bytes, compressed.
include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// A file of the console.
pub struct File {
    pub name: &'static str,
    pub etag: String,
    pub gzip: &'static [u8],
}

static FILES: LazyLock<HashMap<&'static str, File>> = LazyLock::new(|| {
    let file = |(name, gzip): &(&'static str, &'static [u8])| {
        let hash = blake3::hash(gzip).to_hex();
        let etag = format!("\"{}\"", hash.get(..16).unwrap_or_default());
        (*name, File { name, etag, gzip })
    };
    PACKED.iter().map(file).collect()
});

pub fn find(name: &str) -> Option<&'static File> {
    FILES.get(name)
}

/// The bytes of a file, for the few clients that can't read gzip.
pub fn unpacked(gzip: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    // The build has written these bytes, so they can be read.
    let _ = GzDecoder::new(gzip).read_to_end(&mut bytes);
    bytes
}
