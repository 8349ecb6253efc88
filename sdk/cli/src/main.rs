//! The program. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    s2s_cli::main()
}
