//! Reads the fuzzer's input as a file of conversions, and asserts the properties that its rows must
//! have: for example, that the amounts of a row are read like the amounts of a postback.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| s2s_cli::check_file(bytes, Some(&s2s_server::worth_of)));
