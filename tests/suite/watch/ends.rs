//! The ends of streams: of their keys, of their events, and of the journal that they follow.

use s2s_sdk::v1::{ApiKey, ApiKeyScope, CreateApiKeyRequest, ErrorReason, RevokeApiKeyRequest};
use s2s_tests::{
    Server,
    database::{execute, number},
    eventually,
};

use super::{conversions, from, ids, next, record, watch};
use crate::{backup::Place, moved};

/// Lanes of the journal by their number of rows, largest first.
const LARGEST_LANE: &str = "SELECT lane AS number FROM journal GROUP BY lane ORDER BY COUNT(*) DESC LIMIT 1";

/// The reason why a stream ends that begins with this token.
async fn end_of(server: &Server, token: &str) -> ErrorReason {
    let mut stream = server.client().conversions().watch(from(token));
    loop {
        if let Err(error) = next(&mut stream).await {
            return error.reason();
        }
    }
}

/// A server, with conversions that a stream has shown, each in a commit of its own.
struct Shown {
    server: Server,
    code: s2s_sdk::v1::ConversionCode,
    click: String,
    /// The token before the first conversion, and the one behind each.
    tokens: Vec<String>,
}

impl Shown {
    async fn new(server: Server, number: usize) -> Self {
        let code = server.code("Sale").await;
        let click = server.click(&server.link(&[&code]).await).await;
        let (mut stream, begin) = watch(&server.client(), from("")).await;
        for number in 0..number {
            record(&server.client(), &code, &click, number..number + 1).await;
        }
        let seen = conversions(&mut stream, number).await;
        let tokens = [begin].into_iter().chain(seen.into_iter().map(|(_, token)| token)).collect();
        Self { server, code, click, tokens }
    }

    /// Checks that a stream on `server` that begins with this token shows `before`, and whatever is
    /// recorded then.
    async fn goes_on(&self, server: &Server, token: &str, before: usize, number: usize) {
        let (mut stream, _) = watch(&server.client(), from(token)).await;
        assert_eq!(conversions(&mut stream, before).await.len(), before);
        let recorded = record(&server.client(), &self.code, &self.click, number..number + 1).await;
        assert_eq!(ids(&conversions(&mut stream, 1).await), recorded);
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_key_is_revoked_or_expires() {
    let server = Server::start().await;
    let administrator = server.client();
    let account = server.account("Partner").await;
    let (revoked, text) = server.api_key(&account.id, &[ApiKeyScope::Read]).await;
    let (mut until_revoked, _) = watch(&server.client_with(&text), from("")).await;
    let expiring = ApiKey {
        account_id: account.id,
        name: "expires".to_owned(),
        scopes: vec![ApiKeyScope::Read.into()],
        expire_time: moved(revoked.create_time, 3),
        ..Default::default()
    };
    let request = CreateApiKeyRequest { api_key: Some(expiring), ..Default::default() };
    let text = administrator.api_keys().create(request).await.unwrap().key_text;
    let (mut until_expired, _) = watch(&server.client_with(&text), from("")).await;
    let request = RevokeApiKeyRequest { api_key_id: revoked.id, ..Default::default() };
    administrator.api_keys().revoke(request).await.unwrap();
    for (stream, fault) in [(&mut until_revoked, "is revoked"), (&mut until_expired, "is expired")] {
        let ended = next(stream).await.unwrap_err();
        assert_eq!(ended.reason(), ErrorReason::ApiKeyInvalid);
        assert!(ended.to_string().contains(fault), "{ended}");
    }
}

#[tokio::test]
async fn a_token_is_too_old_once_its_events_are_deleted_by_age() {
    let shown = Shown::new(Server::start().await, 4).await;
    let url = &shown.server.database_url;
    let unfolded = "SELECT COUNT(*) AS number FROM journal JOIN lane ON lane.id = lane AND seq > folded_seq";
    eventually(async || (number(url, unfolded).await == 0).then_some(())).await;
    let (begin, last) = (&shown.tokens[0], &shown.tokens[4]);
    // Almost as old as rows of the journal can be, and then older.
    execute(url, "UPDATE journal SET at = at - 601200000000").await;
    let flags = ["--retain-pause-seconds", "0"];
    let server = Server::start_beside_with(&shown.server, &flags).await;
    shown.goes_on(&server, begin, 4, 4).await;
    drop(server);
    eventually(async || (number(url, unfolded).await == 0).then_some(())).await;
    execute(url, "UPDATE journal SET at = at - 7200000000").await;
    let server = Server::start_beside_with(&shown.server, &flags).await;
    // The last row of an open lane stays.
    let more = "SELECT (SELECT COUNT(*) FROM journal) - (SELECT COUNT(DISTINCT lane) FROM journal) AS number";
    eventually(async || (number(url, more).await <= 1).then_some(())).await;
    for server in [&server, &shown.server] {
        assert_eq!(end_of(server, begin).await, ErrorReason::ResumeTokenTooOld);
    }
    shown.goes_on(&server, last, 1, 5).await;
}

#[tokio::test]
async fn a_token_of_events_that_a_restore_has_lost_is_refused() {
    let mut shown = Shown::new(Server::start_with(&["--spool", "spool"]).await, 3).await;
    let place = Place::new().await;
    place.back_up(&shown.server).await;
    // More under the lanes that are in the copy, and then under others.
    let client = shown.server.client();
    let (mut stream, _) = watch(&client, from("")).await;
    record(&client, &shown.code, &shown.click, 3..6).await;
    let same_lanes = conversions(&mut stream, 3).await.pop().unwrap().1;
    shown.server.kill().await;
    shown.server.restart().await;
    let client = shown.server.client();
    let (mut stream, _) = watch(&client, from("")).await;
    record(&client, &shown.code, &shown.click, 6..9).await;
    let other_lanes = conversions(&mut stream, 3).await.remove(0).1;
    shown.server.kill().await;

    let server = place.restore().await;
    assert_eq!(end_of(&server, &other_lanes).await, ErrorReason::ResumeTokenTooOld);
    let (mut first, _) = watch(&server.client(), from(&same_lanes)).await;
    shown.goes_on(&server, &shown.tokens[1], 2, 10).await;
    // The numbers of those lanes are given again, for other commits.
    assert_eq!(end_of(&server, &other_lanes).await, ErrorReason::ResumeTokenTooOld);
    shown.goes_on(&server, &same_lanes, 1, 11).await;
    assert_eq!(conversions(&mut first, 2).await.len(), 2);
}

/// MariaDB without a binary log shows a commit before it is flushed, and may lose it then.
#[tokio::test]
async fn a_token_outlives_a_lane_that_has_lost_its_last_rows() {
    let mut shown = Shown::new(Server::start().await, 8).await;
    shown.server.kill().await;
    let url = shown.server.database_url.clone();
    let lane = number(&url, LARGEST_LANE).await;
    let last = number(&url, &format!("SELECT MAX(seq) AS number FROM journal WHERE lane = {lane}")).await;
    assert!(last > 4, "{last}");
    // The lane is closed where the rows were.
    let end = last - 2;
    for statement in [
        format!("DELETE FROM journal WHERE lane = {lane} AND seq >= {end}"),
        format!("INSERT INTO journal (lane, seq, kind, at, entries) VALUES ({lane}, {end}, 3, 1, '')"),
        format!("UPDATE lane SET closed_seq = {end} WHERE id = {lane}"),
    ] {
        execute(&url, &statement).await;
    }
    shown.server.restart().await;
    shown.goes_on(&shown.server, &shown.tokens[8], 0, 8).await;
}

#[tokio::test]
async fn a_row_of_the_journal_that_is_cut_is_never_passed() {
    let mut shown = Shown::new(Server::start().await, 6).await;
    shown.server.kill().await;
    let url = shown.server.database_url.clone();
    let lane = number(&url, LARGEST_LANE).await;
    let cut = format!(
        "UPDATE journal SET entries = substr(entries, 1, length(entries) - 1) WHERE lane = {lane} AND seq = \
         (SELECT last FROM (SELECT MAX(seq) AS last FROM journal WHERE lane = {lane}) AS rows_of_lane)"
    );
    execute(&url, &cut).await;
    // So that the totals meet the row.
    let again = format!("UPDATE lane SET folded_seq = folded_seq - 1 WHERE id = {lane} AND folded_seq > 1");
    execute(&url, &again).await;
    shown.server.restart().await;
    assert_eq!(end_of(&shown.server, &shown.tokens[0]).await, ErrorReason::Internal);
    // The rows before it are shown.
    let mut stream = shown.server.client().conversions().watch(from(&shown.tokens[0]));
    let mut events = 0;
    while let Ok(message) = next(&mut stream).await {
        events += usize::from(!message.account_id.is_empty());
    }
    assert_eq!(events, 5);
    // Whoever begins behind it sees what is recorded then.
    shown.goes_on(&shown.server, "", 0, 6).await;
    let unfolded = format!(
        "SELECT COUNT(*) AS number FROM lane WHERE id = {lane} AND folded_seq < (SELECT MAX(seq) FROM journal WHERE \
         lane = {lane})"
    );
    assert_eq!(number(&url, &unfolded).await, 1);
}
