//! Sends the fuzzer's input over a connection and asserts that the front of HTTP/1 neither loses nor
//! invents a request.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| s2s_server::check_front(bytes));
