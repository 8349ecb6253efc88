//! Compresses the files of the console, and makes the table by which the server finds them. Without
//! these files, the server is built without a console.

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, GzBuilder};

const CONSOLE: &str = "../sdk/console/dist";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={CONSOLE}");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut files = Vec::new();
    collect(Path::new(CONSOLE), "", &mut files)?;
    files.sort();
    let mut table = vec!["static PACKED: &[(&str, &[u8])] = &[".to_owned()];
    for (number, (name, path)) in files.iter().enumerate() {
        let packed = out.join(format!("console-{number}.gz"));
        let mut writer = GzBuilder::new().write(fs::File::create(&packed)?, Compression::best());
        writer.write_all(&fs::read(path)?)?;
        writer.finish()?;
        table.push(format!("    ({name:?}, include_bytes!({:?})),", packed.display().to_string()));
    }
    table.push("];\n".to_owned());
    fs::write(out.join("console.rs"), table.join("\n"))
}

/// Adds the files of a folder, each with its name below the first folder.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}
