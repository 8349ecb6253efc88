//! Generates files from the lists of reasons and limits and from the schema: the schema's enum of
//! reasons, reference pages, the OpenAPI file, and the Rust code of the schema.
//!
//! The generated files are committed, so that users of the SDK need neither this program nor
//! `protoc`. Tests prove that the committed files are fresh.

#![forbid(unsafe_code)]

mod limits;
mod openapi;
mod reasons;
mod schema;
mod services;

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use reasons::Reasons;

/// The packages of the schema: the folder of each, and the folder for its Rust code.
///
/// The second package is for edges alone. No SDK contains it, and reflection does not show it.
const PACKAGES: [(&str, &str); 2] = [("s2s/v1", "sdk/rust/src/gen"), ("s2s/edge/v1", "server/src/api/gen")];

/// The texts that are written from lists, each with its path from the root of the repository.
///
/// One of the texts is a file of the schema. So the schema must be read after the texts are
/// written.
pub fn texts(root: &Path) -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let mut texts = Reasons::read(root)?.texts()?;
    texts.push(("docs/reference/limits.md", limits::page(root)?));
    Ok(texts)
}

/// The folder of the OpenAPI file.
const PAGES: &str = "docs/reference";

/// Generates the Rust code of all packages, and the OpenAPI file. `out` maps each code folder of
/// `PACKAGES`, and `PAGES`, to the folder that is written, which must exist.
///
/// Writes one file of code for each package. Beside the code of `s2s.v1`, writes `services.rs` with
/// the calls of the SDK, and `descriptor.bin` for reflection: a `FileDescriptorSet` with comments.
pub fn generate(root: &Path, out: impl Fn(&str) -> PathBuf) -> Result<(), Box<dyn Error>> {
    let (proto, pages) = (root.join("proto"), out(PAGES));
    for (package, folder) in PACKAGES {
        let mut files = Vec::new();
        for entry in fs::read_dir(proto.join(package))? {
            files.push(format!("{package}/{}", entry?.file_name().to_string_lossy()));
        }
        files.sort();
        let mut compiler = protox::Compiler::new([&proto])?;
        compiler.include_imports(true).include_source_info(true).open_files(files)?;
        let out = out(folder);
        let mut config = tonic_prost_build::Config::new();
        let mut builder = tonic_prost_build::configure()
            .out_dir(&out)
            // Gives encoded maps a fixed order.
            .btree_map(".")
            .extern_path(".google.rpc.Status", "::tonic_types::Status")
            // The package occurs only in options of fields, for which no code is generated.
            .extern_path(".google.api", "::google_api");
        if package == "s2s/v1" {
            let descriptor = compiler.encode_file_descriptor_set();
            fs::write(pages.join(openapi::FILE), openapi::page(&descriptor)?)?;
            fs::write(out.join("services.rs"), services::code(&descriptor)?)?;
            fs::write(out.join("descriptor.bin"), descriptor)?;
            builder = builder
                .server_mod_attribute(".", "#[cfg(feature = \"server\")]")
                .codec_path("crate::codec::Codec");
            // The codec knows messages by their names.
            config.enable_type_names();
        } else {
            builder = builder.extern_path(".s2s.v1", "::s2s_sdk::v1");
        }
        builder.compile_fds_with_config(compiler.file_descriptor_set(), config)?;
        // prost writes an empty file for each package whose messages another crate defines.
        for entry in fs::read_dir(&out)? {
            let entry = entry?;
            if entry.metadata()?.len() == 0 {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
    }

    #[test]
    fn committed_code_is_fresh() {
        let fresh = tempfile::tempdir().unwrap();
        let folders = [PACKAGES[0].1, PACKAGES[1].1, PAGES];
        for folder in folders {
            fs::create_dir_all(fresh.path().join(folder)).unwrap();
        }
        generate(&root(), |folder| fresh.path().join(folder)).unwrap();
        for folder in folders {
            for entry in fs::read_dir(fresh.path().join(folder)).unwrap() {
                let (path, name) = (entry.as_ref().unwrap().path(), entry.unwrap().file_name());
                let committed = fs::read(root().join(folder).join(&name)).unwrap();
                let is_fresh = fs::read(path).unwrap() == committed;
                assert!(is_fresh, "{folder}/{name:?} is not what the schema gives; run `make generate`");
            }
        }
    }

    #[test]
    fn committed_texts_are_fresh() {
        for (path, fresh) in texts(&root()).unwrap() {
            let committed = fs::read_to_string(root().join(path)).unwrap();
            assert!(fresh == committed, "{path} is not what its list gives; run `make generate`");
        }
    }
}
