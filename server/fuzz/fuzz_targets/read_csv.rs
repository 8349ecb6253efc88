//! Reads the fuzzer's input as a file of conversions, and asserts that no row is lost, and that the
//! amounts of a row mean the same as in a postback.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| s2s_cli::check_file(bytes, Some(&s2s_server::worth_of)));
