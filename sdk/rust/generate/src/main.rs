//! A part of `make generate`: writes the files that are made from the lists of reasons and limits,
//! then those that are made from the schema: Rust code, the OpenAPI file, and the descriptor.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    for (path, text) in s2s_generate::texts(&root)? {
        fs::write(root.join(path), text)?;
    }
    s2s_generate::generate(&root, |folder| root.join(folder))
}
