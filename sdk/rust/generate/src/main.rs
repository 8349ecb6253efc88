//! `make generate`: writes the generated code of the Rust SDK into its folder.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = root.join("../src/gen");
    fs::create_dir_all(&out)?;
    s2s_generate::generate(&root.join("../../../proto"), &out)
}
