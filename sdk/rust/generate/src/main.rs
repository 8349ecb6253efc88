//! `make generate`: writes the generated code of the Rust SDK and the README's tables of reasons.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = sdk.join("../..");
    let schema = s2s_generate::schema(&root.join("proto"))?;
    let readme = root.join("README.md");
    fs::write(&readme, s2s_generate::fill(&fs::read_to_string(&readme)?, &schema)?)?;
    let out = sdk.join("src/gen");
    fs::create_dir_all(&out)?;
    s2s_generate::generate(schema, &out)
}
