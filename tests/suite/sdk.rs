//! The example of the Rust SDK, which its README shows.

use std::process::Stdio;

use s2s_sdk::v1::{ListConversionsRequest, Money};
use s2s_tests::{ADMIN_KEY, Server};
use tokio::process::Command;

#[tokio::test]
async fn the_example_records_a_first_conversion() {
    let server = Server::start().await;
    let this = std::env::current_exe().unwrap();
    let example = this.ancestors().nth(2).unwrap().join("examples/first_conversion");
    assert!(example.is_file(), "the example is not built; run `make test`");
    let mut command = Command::new(example);
    command.env("S2S_API_KEY", ADMIN_KEY).env("S2S_ENDPOINT", &server.url);
    let run = command.stdout(Stdio::piped()).output().await.unwrap();
    let output = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{output}");
    assert!(output.contains("value 19.99 EUR, commission 2.50 EUR"), "{output}");

    let request = ListConversionsRequest::default();
    let conversions = server.client().conversions().list_page(request).await.unwrap().conversions;
    let [conversion] = conversions.as_slice() else { panic!("{conversions:?}") };
    assert_eq!(conversion.value, Some(Money::from_decimal("19.99", "EUR").unwrap()));
    assert_eq!(conversion.transaction_id, "order-1001");
}
