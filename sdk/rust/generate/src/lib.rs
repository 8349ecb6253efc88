//! Generates the schema's Rust code (messages, clients, server traits and the descriptor) and the
//! README's tables of reasons.
//!
//! The result is committed, so that users of the SDK need neither this program nor `protoc`. A test
//! checks that it is up to date.

#![forbid(unsafe_code)]

mod reasons;

use std::{error::Error, fs, path::Path};

use prost::Message as _;
use prost_types::FileDescriptorSet;

pub use reasons::fill;

/// Files of the schema, relative to `proto/`.
const FILES: [&str; 11] = [
    "s2s/v1/account.proto",
    "s2s/v1/api_key.proto",
    "s2s/v1/money.proto",
    "s2s/v1/error_reason.proto",
    "s2s/v1/setup_warning.proto",
    "s2s/v1/conversion_code.proto",
    "s2s/v1/tracking_link.proto",
    "s2s/v1/click.proto",
    "s2s/v1/conversion.proto",
    "s2s/v1/postback.proto",
    "s2s/v1/preset.proto",
];

/// Reads the schema in the folder `proto`, with its comments.
pub fn schema(proto: &Path) -> Result<FileDescriptorSet, Box<dyn Error>> {
    let mut compiler = protox::Compiler::new([proto])?;
    compiler.include_imports(true).include_source_info(true).open_files(FILES)?;
    Ok(compiler.file_descriptor_set())
}

/// Generates into the folder `out`, which must exist.
///
/// Writes `s2s.v1.rs` and `descriptor.bin` (a `FileDescriptorSet` with comments, for reflection).
pub fn generate(schema: FileDescriptorSet, out: &Path) -> Result<(), Box<dyn Error>> {
    fs::write(out.join("descriptor.bin"), schema.encode_to_vec())?;
    tonic_prost_build::configure()
        .out_dir(out)
        .extern_path(".google.rpc.Status", "::tonic_types::Status")
        .server_mod_attribute(".", "#[cfg(feature = \"server\")]")
        .compile_fds(schema)?;
    // prost writes an empty file for each package whose messages come from another crate.
    for entry in fs::read_dir(out)? {
        let path = entry?.path();
        let ours = path.ends_with("s2s.v1.rs") || path.ends_with("descriptor.bin");
        if !ours {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_code_is_fresh() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let out = tempfile::tempdir().unwrap();
        generate(schema(&root.join("../../../proto")).unwrap(), out.path()).unwrap();
        for name in ["s2s.v1.rs", "descriptor.bin"] {
            let fresh = fs::read(out.path().join(name)).unwrap();
            let committed = fs::read(root.join("../src/gen").join(name)).unwrap();
            assert!(fresh == committed, "{name} is not up to date with the schema; run `make generate`");
        }
    }

    #[test]
    fn the_reasons_of_the_readme_are_fresh() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let readme = fs::read_to_string(root.join("README.md")).unwrap();
        let fresh = fill(&readme, &schema(&root.join("proto")).unwrap()).unwrap();
        assert!(fresh == readme, "the README's reasons are not those of the schema; run `make generate`");
    }

    #[test]
    fn every_schema_file_is_generated() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../proto/s2s/v1");
        let mut there: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| format!("s2s/v1/{}", entry.unwrap().file_name().to_str().unwrap()))
            .collect();
        let mut named = FILES.map(str::to_owned).to_vec();
        there.sort();
        named.sort();
        assert_eq!(there, named);
    }
}
