//! Generates files from the lists of reasons and limits and from the schema: the schema's enum of
//! reasons, reference pages, and the Rust code of the schema.
//!
//! The generated files are committed, so that users of the SDK need neither this program nor
//! `protoc`. Tests prove that the committed files are fresh.

#![forbid(unsafe_code)]

mod limits;
mod reasons;

use std::{error::Error, fs, path::Path};

use prost::Message as _;
use prost_types::FileDescriptorSet;

use reasons::Reasons;

/// The schema's files, relative to `proto/`.
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

/// The texts that are written from lists, each with its path from the root of the repository.
///
/// One of the texts is a file of the schema. So the schema must be read after the texts are
/// written.
pub fn texts(root: &Path) -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let mut texts = Reasons::read(root)?.texts()?;
    texts.push(("docs/reference/limits.md", limits::page(root)?));
    Ok(texts)
}

/// The schema in the folder `proto`, with its comments.
pub fn schema(proto: &Path) -> Result<FileDescriptorSet, Box<dyn Error>> {
    let mut compiler = protox::Compiler::new([proto])?;
    compiler.include_imports(true).include_source_info(true).open_files(FILES)?;
    Ok(compiler.file_descriptor_set())
}

/// Generates the Rust code of the schema in the folder `out`, which must exist.
///
/// Writes `s2s.v1.rs` and, for reflection, `descriptor.bin`: a `FileDescriptorSet` with comments.
pub fn generate(schema: FileDescriptorSet, out: &Path) -> Result<(), Box<dyn Error>> {
    fs::write(out.join("descriptor.bin"), schema.encode_to_vec())?;
    tonic_prost_build::configure()
        .out_dir(out)
        .extern_path(".google.rpc.Status", "::tonic_types::Status")
        .server_mod_attribute(".", "#[cfg(feature = \"server\")]")
        .compile_fds(schema)?;
    // prost writes an empty file for each package whose messages another crate defines.
    for entry in fs::read_dir(out)? {
        let entry = entry?;
        if entry.metadata()?.len() == 0 {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// The files that `generate` writes.
    const CODE: [&str; 2] = ["s2s.v1.rs", "descriptor.bin"];

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
    }

    #[test]
    fn committed_code_is_fresh() {
        let out = tempfile::tempdir().unwrap();
        generate(schema(&root().join("proto")).unwrap(), out.path()).unwrap();
        for name in CODE {
            let fresh = fs::read(out.path().join(name)).unwrap();
            let committed = fs::read(root().join("sdk/rust/src/gen").join(name)).unwrap();
            assert!(fresh == committed, "{name} is not what the schema gives; run `make generate`");
        }
    }

    #[test]
    fn committed_texts_are_fresh() {
        for (path, fresh) in texts(&root()).unwrap() {
            let committed = fs::read_to_string(root().join(path)).unwrap();
            assert!(fresh == committed, "{path} is not what its list gives; run `make generate`");
        }
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
