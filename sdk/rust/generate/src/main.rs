//! `make generate`: writes the texts that are generated from lists, then the code of the Rust SDK.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    for (path, text) in s2s_generate::texts(&root)? {
        fs::write(root.join(path), text)?;
    }
    s2s_generate::generate(&root, |folder| root.join(folder))
}
