//! The program. Everything except the allocator is in the library.

#![forbid(unsafe_code)]

use std::process::ExitCode;

/// The allocator. Calls make many small allocations, and mimalloc is faster at these than the
/// system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    s2s_server::main()
}
