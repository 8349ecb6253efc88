//! Sends the fuzzer's input over a connection, through the front: the layer that reads HTTP/1
//! before the HTTP library hyper. Asserts that each request reaches hyper as it would without the
//! front. Only at a body whose length is wrong or unknown may the front end the connection earlier.
//! Asserts also that hyper refuses nothing that the front passes on.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| s2s_server::check_front(bytes));
