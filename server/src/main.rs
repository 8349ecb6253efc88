//! The program. Everything is in the library, and its `main` too.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    s2s_server::main()
}
