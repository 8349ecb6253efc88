//! A postback that makes the core fail: that postback is put aside and blocks no other postback.

use s2s_tests::{Server, database::execute, eventually};

/// Statements that make the database refuse every conversion whose order id contains `poison`, and
/// so its postback. The error does not look like an outage.
fn refusing_poison(database_url: &str) -> Vec<&'static str> {
    match database_url.split_once(':').map(|(kind, _)| kind) {
        Some("sqlite") => vec![
            "CREATE TRIGGER poison BEFORE INSERT ON conversion WHEN instr(NEW.dedupe_key, 'poison') > 0 \
             BEGIN SELECT RAISE(ABORT, 'poison'); END",
        ],
        Some("postgres") => vec![
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF position('poison'::bytea IN NEW.dedupe_key) > 0 THEN RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER poison BEFORE INSERT ON conversion FOR EACH ROW EXECUTE FUNCTION poison()",
        ],
        _ => vec![
            "CREATE TRIGGER poison BEFORE INSERT ON conversion FOR EACH ROW IF instr(NEW.dedupe_key, 'poison') > 0 \
             THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'poison'; END IF",
        ],
    }
}

#[tokio::test]
async fn a_postback_on_which_the_core_fails_is_put_aside() {
    let server = Server::start_with(&["--spool", "spool"]).await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let click_id = server.click(&link).await;
    for statement in refusing_poison(&server.database_url) {
        execute(&server.database_url, statement).await;
    }
    let postback = async |oid: &str| {
        let query = format!("clickId={click_id}&id={}&val=1&com=0&oid={oid}", code.id);
        server.postback(&query).await
    };
    let poison = postback("poison").await;
    assert_eq!((poison.status, poison.field("verdict").as_str()), (202, "QUEUED"), "{poison:?}");
    // The good postback has the same click, so it must wait behind the bad one.
    let good = postback("good").await;
    assert_eq!((good.status, good.field("verdict").as_str()), (202, "QUEUED"), "{good:?}");

    server.drained().await;
    let health = server.health().await;
    assert_eq!(health["spool"]["put_aside"], 1, "{health}");
    let recorded = eventually(async || {
        let again = postback("good").await;
        (again.status == 200).then_some(again)
    })
    .await;
    assert_eq!(recorded.field("verdict"), "DUPLICATE", "{recorded:?}");
}
