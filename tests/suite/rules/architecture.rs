//! The order of the server's modules; docs/internals/architecture.md has the reasons.

use std::collections::BTreeSet;

use super::{
    File,
    code::{crate_paths, without_texts},
    rust,
};

/// The modules of the server. Each may import the modules before it in this list.
const LAYERS: [&str; 15] = [
    "values",
    "error",
    "page",
    "config",
    "clock",
    "api",
    "db",
    "core",
    "edge",
    "net",
    "telemetry",
    "backup",
    "startup",
    "simulation",
    "lib",
];
/// The modules of the core. Each may import the modules before it in this list, and the core's own
/// state.
const SLICES: [&str; 27] = [
    "geo",
    "journal",
    "turn",
    "row_cache",
    "scan",
    "watch",
    "age",
    "account",
    "partner",
    "api_key",
    "preset",
    "conversion_code",
    "tracking_link",
    "click_id_key",
    "click",
    "ledger",
    "conversion",
    "adjustment",
    "approval",
    "postback",
    "tally",
    "report",
    "payout",
    "statement",
    "rehearsal",
    "retention",
    "services",
];

#[test]
fn server_and_command_line_open_their_entry_and_nothing_else() {
    // Public items must be few, because the compiler reports no dead code among them.
    let checks: [(&str, &str, &[&str]); 2] = [
        (
            "server/src/lib.rs",
            "pub use startup::main;",
            &[
                "pub use self::core::postback::{check_body, check_reading, worth_of};",
                "pub use self::net::check_front;",
                "pub use self::values::query::check_query;",
            ],
        ),
        (
            "sdk/cli/src/lib.rs",
            "pub async fn main() -> ExitCode {",
            &["pub use self::conversions::check_file;"],
        ),
    ];
    for (file, entry, checks) in checks {
        let code = File::named(file).code();
        let mut open: Vec<&str> = code.lines().filter(|line| line.trim_start().starts_with("pub ")).collect();
        let mut expected = [&[entry], checks].concat();
        open.sort_unstable();
        expected.sort_unstable();
        assert_eq!(open, expected, "{file}");
        for check in checks {
            assert!(code.contains(&format!("#[cfg(fuzzing)]\n{check}")), "{check} is open to others");
        }
    }
}

#[test]
fn tables_are_touched_in_their_store_alone() {
    for file in rust("server/src") {
        let code = without_texts(&file.text);
        let store = file.path.ends_with("/store.rs");
        let allowed = store || file.is_of("db");
        for word in ["EntityTrait", "entity::prelude", "DeriveEntityModel"] {
            assert!(allowed || !code.contains(word), "{} names {word}", file.path);
        }
        assert!(!code.contains("pub mod store"), "{} opens its store", file.path);
    }
}

/// The imports that go against an order of modules, as `file: path`. `prefix` is the path of the
/// modules' parent.
fn against(order: &[&str], files: &[File], folder: &str, prefix: &str) -> Vec<String> {
    let mut against = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files {
        let path = file.path.strip_prefix(folder).unwrap().trim_end_matches(".rs");
        let own = path.split('/').next().unwrap();
        let rank = order.iter().position(|name| *name == own);
        let rank = rank.unwrap_or_else(|| panic!("{} is in no layer", file.path));
        seen.insert(rank);
        for path in crate_paths(&without_texts(&file.text)) {
            let Some(path) = path.strip_prefix(prefix) else { continue };
            let name = path.split("::").next().unwrap();
            // The parent's own items are not modules.
            let Some(of) = order.iter().position(|one| *one == name) else {
                assert!(!prefix.is_empty(), "{} imports {path} of no layer", file.path);
                continue;
            };
            if of > rank {
                against.push(format!("{}: {prefix}{path}", file.path));
            }
        }
    }
    assert_eq!(seen.len(), order.len(), "a module of {prefix} has no file");
    against
}

#[test]
fn imports_go_one_way() {
    let mut files = rust("server/src");
    files.retain(|file| file.path != "server/src/main.rs");
    assert_eq!(against(&LAYERS, &files, "server/src/", ""), Vec::<String>::new());
    let core = rust("server/src/core");
    assert_eq!(against(&SLICES, &core, "server/src/core/", "core::"), Vec::<String>::new());
}

#[test]
fn every_kind_of_write_is_rehearsed() {
    let core = rust("server/src/core");
    let kinds: usize = core.iter().map(|file| file.code().matches("impl Write for ").count()).sum();
    let rehearsal = File::named("server/src/core/rehearsal.rs").code();
    let rehearsed: BTreeSet<&str> = rehearsal.split("rehearsal.write::<").skip(1).collect();
    let rehearsed: BTreeSet<&str> = rehearsed.iter().map(|call| call.split('>').next().unwrap()).collect();
    assert!(kinds >= 4);
    assert_eq!(rehearsed.len(), kinds, "{rehearsed:?} are rehearsed");
}

#[test]
fn an_import_against_the_order_is_found() {
    let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
    let files = [file("a.rs", "use crate::{b::{self, C}};"), file("b/x.rs", "use crate::a::D;")];
    assert_eq!(against(&["a", "b"], &files, "", ""), ["a.rs: b", "a.rs: b::C"]);
}

#[test]
fn the_edge_knows_neither_core_nor_database() {
    let edge: Vec<File> = rust("server/src").into_iter().filter(|file| file.is_of("edge")).collect();
    assert!(edge.len() > 1);
    for file in edge {
        let code = without_texts(&file.text);
        assert!(!code.contains("sea_orm"), "{} names sea_orm", file.path);
        for module in ["core", "db"] {
            assert!(!crate_paths(&code).contains(module), "{} names crate::{module}", file.path);
        }
    }
}

#[test]
fn the_layers_of_requests_are_in_their_order() {
    let code = File::named("server/src/net/grpc.rs").code();
    let (answer, rest) = code.split_once("pub fn layers").unwrap();
    let (layers, gate) = rest.split_once("async fn gate(").unwrap();
    let (_, answer) = answer.split_once("pub async fn answer").unwrap();
    assert!(answer.contains("AssertUnwindSafe(self.gate(request)).catch_unwind()"), "{answer}");
    let layers = layers.lines().filter_map(|line| {
        let line = line.trim();
        line.strip_prefix(".layer(").or_else(|| line.strip_prefix(".service("))
    });
    let layers: Vec<&str> = layers.map(|layer| layer.split(['(', ')', ':', ',']).next().unwrap()).collect();
    // The order is from the outermost to the innermost.
    assert_eq!(layers, ["CatchPanicLayer", "cors", "MapResponseLayer", "GrpcWebLayer", "gate"]);
    let (gate, _) = gate.split_once("fn is_native").unwrap();
    let (end, gate) = gate.split_once("async fn admitted").unwrap();
    let steps = ["admitted(", "json::failure("];
    assert!(steps.map(|step| end.find(step).expect(step)).is_sorted(), "{end}");
    let steps = ["admission.admit(", "time_limit(", "authenticate("];
    assert!(steps.map(|step| gate.find(step).expect(step)).is_sorted(), "{gate}");
    let code = File::named("server/src/net/plain.rs").code();
    let (_, plain) = code.split_once("pub async fn answer").unwrap();
    let steps = ["catch_unwind(", "refused_call(", "admission.admit(", "self.route("];
    assert!(steps.map(|step| plain.find(step).expect(step)).is_sorted(), "{plain}");
    let code = File::named("server/src/net/gate/authenticate.rs").code();
    let (_, admit) = code.split_once("async fn admit").unwrap();
    let steps = ["api_key::authenticate(", "within(", "caller.check("];
    assert!(steps.map(|step| admit.find(step).expect(step)).is_sorted(), "{admit}");
}

#[test]
fn who_sent_a_request_is_decided_in_one_place() {
    for file in rust("server/src").into_iter().filter(|file| !file.path.ends_with("/client_address.rs")) {
        assert!(!file.text.contains("x-forwarded-"), "{} reads the sender as well", file.path);
    }
}
