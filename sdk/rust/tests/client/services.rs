//! The calls of the services: what callers may pass, and what is sent.

use std::{
    io, mem,
    sync::{Arc, Mutex},
};

use futures::TryStreamExt as _;
use s2s_sdk::v1::{self, record_conversion_request::Report, replay_postbacks_request::Postbacks as Replayed};

use super::fake::{Fail, Fake, unavailable};

#[test]
fn requests_are_made_from_what_callers_have() {
    let id = "id".to_owned();
    for request in [v1::GetClickRequest::from("id"), (&id).into(), id.clone().into()] {
        assert_eq!(request, v1::GetClickRequest { click_id: id.clone() });
    }
    let request = v1::RecordClickRequest::from(&id);
    assert_eq!(request, v1::RecordClickRequest { tracking_link_id: id.clone(), ..Default::default() });
    let own = v1::GetAccountRequest::from(());
    assert_eq!((own.account_id.as_str(), v1::GetAccountRequest::from("a").account_id.as_str()), ("", "a"));

    let account = v1::Account { name: "Shop".to_owned(), ..Default::default() };
    let request = v1::CreateAccountRequest::from(account.clone());
    assert_eq!(request, v1::CreateAccountRequest { account: Some(account), ..Default::default() });
    let request = v1::UpdateAccountRequest::from("id");
    assert_eq!((request.account.unwrap().id, request.update_mask), (id.clone(), None));

    let filter = v1::PostbackFilter { text: "order-1001".to_owned(), ..Default::default() };
    let request = v1::ListPostbacksRequest::from(filter.clone());
    assert_eq!(request, v1::ListPostbacksRequest { filter: Some(filter.clone()), ..Default::default() });
    let request = v1::ReplayPostbacksRequest::from(filter.clone());
    assert_eq!(request.postbacks, Some(Replayed::Filter(filter)));

    let sale = v1::NewConversion { click_id: id, ..Default::default() };
    let one = v1::RecordConversionRequest::from(sale.clone());
    assert_eq!(one.report, Some(Report::Conversion(sale.clone())));
    let many = v1::BatchRecordConversionsRequest::from([sale.clone(), sale.clone()]);
    assert_eq!(many.requests, [one.clone(), one]);
    assert_eq!(v1::BatchRecordConversionsRequest::from(vec![sale.clone(), sale]), many);
}

#[tokio::test]
async fn an_update_sends_the_fields_that_are_set_once_it_is_awaited() {
    let fake = Fake::new([Fail(unavailable())]);
    let client = fake.start().await.build().unwrap();
    let unsent = client.accounts().update("acct_1").name("");
    drop(unsent.clone());
    unsent.name("Shop").validate_only(true).await.unwrap();
    let whole = v1::UpdateAccountRequest { validate_only: true, ..Default::default() };
    client.accounts().update(whole.clone()).await.unwrap();

    let updates = mem::take(&mut fake.0.lock().unwrap().updates);
    let [first, again, last] = updates.as_slice() else { panic!("{updates:?}") };
    assert_eq!(first, again, "the second attempt repeats the first");
    let account = first.account.as_ref().unwrap();
    assert_eq!((account.id.as_str(), account.name.as_str()), ("acct_1", "Shop"));
    assert_eq!(
        (&first.update_mask.as_ref().unwrap().paths, first.validate_only),
        (&vec!["name".to_owned()], true)
    );
    assert_eq!(last, &whole);
}

#[tokio::test]
async fn a_call_that_is_not_safe_to_repeat_is_sent_once() {
    let fake = Fake::new([Fail(unavailable())]);
    let client = fake.start().await.build().unwrap();
    client.api_keys().rotate("key_1").await.unwrap_err();
    assert_eq!(fake.0.lock().unwrap().rotations, 1);
    client.api_keys().rotate("key_1").await.unwrap();
}

#[tokio::test]
async fn the_user_agent_names_the_sdk() {
    let fake = Fake::new([]);
    let client = fake.start().await.build().unwrap();
    client.conversions().record(v1::NewConversion::default()).await.unwrap();
    let metadata = fake.0.lock().unwrap().metadata.remove(0);
    let agent = metadata.get("user-agent").unwrap().to_str().unwrap();
    let own = concat!("s2s-sdk-rust/", env!("CARGO_PKG_VERSION"), " tonic/");
    assert!(agent.starts_with(own), "{agent}");
}

/// The text of a log.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Logs what this thread does until the guard is dropped.
    pub fn begin(&self) -> tracing::subscriber::DefaultGuard {
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false);
        tracing::subscriber::set_default(subscriber.finish())
    }

    /// Takes the text since the last call.
    pub fn take(&self) -> String {
        String::from_utf8(mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn each_failed_attempt_that_is_tried_again_is_logged() {
    let log = Log::default();
    let _logged = log.begin();
    let fake = Fake::new([Fail(unavailable()), Fail(unavailable()), Fail(unavailable())]);
    let client = fake.start().await.api_key("s3cret").retries(2).build().unwrap();
    let sale = v1::NewConversion { transaction_id: "order-1001".to_owned(), ..Default::default() };
    client.conversions().record(sale).await.unwrap_err();

    let log = log.take();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("s2s_sdk")).collect();
    assert_eq!(lines.len(), 2, "{log}");
    for (line, attempt) in lines.into_iter().zip(1..) {
        let attempt = format!("attempt={attempt}");
        let call = "call=\"s2s.v1.ConversionService/RecordConversion\"";
        for part in ["INFO", call, &attempt, "reason=\"UNAVAILABLE\"", "pause="] {
            assert!(line.contains(part), "{part}: {line}");
        }
    }
    assert!(!log.contains("s3cret") && !log.contains("order-1001"), "{log}");
}

#[tokio::test]
async fn a_list_begins_at_the_page_token() {
    let fake = Fake::new([]);
    let client = fake.start().await.build().unwrap();
    let request = v1::ListConversionsRequest { page_token: "second".to_owned(), ..super::filtered() };
    let page = client.conversions().list_page(request.clone()).await.unwrap();
    assert_eq!((page.conversions.len(), page.next_page_token.as_str()), (0, "third"));
    let all: Vec<_> = client.conversions().list(request).try_collect().await.unwrap();
    assert_eq!(all.len(), 1);
}
