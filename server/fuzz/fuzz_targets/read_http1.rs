//! Sends the fuzzer's input over a connection. Asserts that the front of HTTP/1 loses and changes
//! no request, and that hyper refuses nothing that the front passes on.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| s2s_server::check_front(bytes));
