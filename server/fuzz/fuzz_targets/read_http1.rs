//! Sends the fuzzer's input over a connection, through the front: the layer that reads HTTP/1
//! before the HTTP library hyper. Asserts that hyper gets each request unchanged that it would get
//! without the front, up to a body with a wrong length or one of unknown length. Asserts also that
//! hyper refuses nothing that the front passes on.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| s2s_server::check_front(bytes));
