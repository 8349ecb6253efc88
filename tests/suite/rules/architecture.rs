//! The order of the server's modules; `ARCHITECTURE.md` has the reasons.

use super::{
    File,
    code::{crate_modules, without_texts},
    rust,
};

/// The slices of the core; each may know those before it.
const SLICES: [&str; 8] =
    ["account", "api_key", "preset", "conversion_code", "tracking_link", "click", "conversion", "postback"];

#[test]
fn the_server_opens_its_entry_and_nothing_else() {
    let code = File::named("server/src/lib.rs").code();
    let open: Vec<&str> = code.lines().filter(|line| line.trim_start().starts_with("pub ")).collect();
    // The compiler finds no dead code among public items.
    assert_eq!(open, ["pub use postback::check_reading;", "pub fn main() -> ExitCode {"]);
    assert!(code.contains("#[cfg(fuzzing)]\npub use"), "the fuzzer's door is open to others");
}

#[test]
fn tables_are_touched_in_their_store_alone() {
    for file in rust("server/src") {
        let code = without_texts(&file.text);
        let store = file.path.ends_with("/store.rs");
        let allowed = store || file.is_of("db") || file.is_of("commit") || file.is_of("migration");
        for word in ["EntityTrait", "entity::prelude", "DeriveEntityModel"] {
            assert!(allowed || !code.contains(word), "{} names {word}", file.path);
        }
        assert!(!code.contains("pub mod store"), "{} opens its store", file.path);
    }
}

#[test]
fn the_edge_knows_no_database() {
    let edge: Vec<File> = rust("server/src").into_iter().filter(|file| file.is_of("edge")).collect();
    assert!(edge.len() > 1);
    for file in edge {
        let code = without_texts(&file.text);
        assert!(!code.contains("sea_orm"), "{} names sea_orm", file.path);
        for module in ["db", "app", "commit", "migration"] {
            assert!(!crate_modules(&code).contains(module), "{} names crate::{module}", file.path);
        }
    }
}

#[test]
fn slices_know_those_before_them_alone() {
    let files = rust("server/src");
    for (rank, slice) in SLICES.iter().enumerate() {
        let own: Vec<&File> = files.iter().filter(|file| file.is_of(slice)).collect();
        assert!(own.len() > 1, "{slice}");
        for file in own {
            let known = crate_modules(&without_texts(&file.text));
            for later in SLICES[rank + 1..].iter().chain(&["edge", "serve", "config"]) {
                assert!(!known.contains(*later), "{} names crate::{later}", file.path);
            }
        }
    }
    // The modules below the slices know none of them, except the state with their caches and keys.
    for module in ["auth", "commit", "db", "error", "id", "macros", "migration", "money", "page", "time"] {
        for file in files.iter().filter(|file| file.is_of(module)) {
            let known = crate_modules(&file.code());
            for slice in SLICES {
                assert!(!known.contains(slice), "{} names crate::{slice}", file.path);
            }
        }
    }
}

#[test]
fn the_layers_of_grpc_are_in_their_order() {
    let code = File::named("server/src/serve.rs").code();
    let (_, grpc) = code.split_once("let grpc = ").unwrap();
    let (grpc, _) = grpc.split_once("let http = ").unwrap();
    let layers = grpc.lines().filter_map(|line| line.trim().strip_prefix(".layer("));
    let layers = layers.map(|layer| layer.trim_start_matches("middleware::from_fn_with_state("));
    let layers: Vec<&str> = layers.map(|layer| layer.split(['(', ')', ':', ',']).next().unwrap()).collect();
    // From the outermost to the innermost; the top of that file gives the reasons.
    assert_eq!(layers, ["CatchPanicLayer", "cors", "GrpcWebLayer", "gate"]);
    let (_, gate) = code.split_once("async fn gate_of_grpc").unwrap();
    let (gate, _) = gate.split_once("async fn gate_of_http").unwrap();
    let steps = ["admission.admit(", "time_limit(", "keys::ask(", "with_reason("];
    assert!(steps.map(|step| gate.find(step).expect(step)).is_sorted(), "{gate}");
    let code = File::named("server/src/serve/keys.rs").code();
    let (_, admit) = code.split_once("async fn admit").unwrap();
    let steps = ["needed(", "api_key::authenticate(", "within(", "caller.check("];
    assert!(steps.map(|step| admit.find(step).expect(step)).is_sorted(), "{admit}");
}

#[test]
fn who_sent_a_request_is_decided_in_one_place() {
    for file in rust("server/src").into_iter().filter(|file| !file.path.ends_with("/client_address.rs")) {
        assert!(!file.text.contains("x-forwarded-"), "{} reads it as well", file.path);
    }
}
