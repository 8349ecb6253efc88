//! The program. Everything is in the library, and its `main` too.

#![forbid(unsafe_code)]

use std::process::ExitCode;

/// Of what a call costs, a good part is its many small allocations, and this one makes them cheaper than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    s2s_server::main()
}
