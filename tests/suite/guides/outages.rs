//! A shop in PHP while the server is down or refuses postbacks, or while another server answers in
//! its place: no postback is lost, and each order counts once.

use s2s_tests::Server;
use serde_json::{Value, json};

use super::{
    Market,
    shop::{CONFIG, Said},
    table,
};

/// The number of times that the server is away.
const OUTAGES: u32 = 4;

/// The states of the rows, by order.
fn states(rows: &[Value]) -> Vec<(&str, &str)> {
    rows.iter().map(|row| (row["oid"].as_str().unwrap(), row["state"].as_str().unwrap())).collect()
}

impl Market {
    /// Runs the worker, which must succeed and print nothing to standard output.
    async fn work(&self, arguments: &[&str]) -> Said {
        let said = self.shop.run(&[&["s2s/worker.php"], arguments].concat()).await;
        assert_eq!((said.status, said.out.as_str()), (0, ""), "{said:?}");
        said
    }
}

#[tokio::test]
async fn a_server_that_is_away_costs_no_sale() {
    let mut market = Market::open().await;
    let mut sold = Vec::new();
    for outage in 0..OUTAGES {
        let cookie = market.cookie().await;
        sold.push(market.sell("cup", &cookie).await);
        market.server.kill().await;
        sold.push(market.sell("pot", &cookie).await);
        sold.push(market.sell("spoon", &cookie).await);
        let first = &sold[sold.len() - 3];
        for tries in 1..=3 {
            let said = market.work(&["--now"]).await;
            assert!(said.err.contains(", waiting: "), "{said:?}");
            // The worker tries the postbacks in the order in which they are due, and stops at the
            // first one that has to wait.
            let rows = market.shop.rows().await;
            let waiting: Vec<&Value> = rows.iter().filter(|row| row["state"] == "waiting").collect();
            assert_eq!(waiting.len(), 3, "{outage}: {rows:?}");
            let tried: u64 = waiting.iter().map(|row| row["tries"].as_u64().unwrap()).sum();
            assert_eq!(tried, tries, "{rows:?}");
        }
        let rows = market.shop.rows().await;
        assert!(rows.iter().any(|row| row["oid"] == first.as_str() && row["state"] == "waiting"));
        market.server.restart_in_place().await;
        market.work(&["--now"]).await.is_silent();
        let counted = market.counted().await;
        assert_eq!(counted.len(), sold.len(), "{counted:?}");
        assert!(sold.iter().all(|order| counted.contains_key(order)), "{counted:?}");
    }

    // As if the machine had stopped after each postback was sent and before its answer was stored.
    let forget =
        "require 's2s/s2s.php'; s2s_database()->exec(\"UPDATE s2s_postback SET state = 'waiting'\");";
    market.shop.run(&["-r", forget]).await.is_silent();
    market.work(&["--now"]).await.is_silent();
    let rows = market.shop.rows().await;
    assert!(states(&rows).iter().all(|(_, state)| *state == "sent"), "{rows:?}");
    assert_eq!(market.counted().await.len(), sold.len());
}

#[tokio::test]
async fn a_queued_sale_is_sent_and_counts_when_the_core_is_back() {
    let mut market = Market::open().await;
    let edge = Server::start_edge(&market.server, &[]).await;
    market.shop.set(&market.server.url, &edge.url);
    let cookie = market.cookie().await;
    market.sell("cup", &cookie).await;
    market.server.kill().await;
    market.work(&[]).await.is_silent();
    assert_eq!(states(&market.shop.rows().await), [("1", "sent")]);
    market.server.restart_in_place().await;
    edge.drained().await;
    assert_eq!(market.counted().await, table(&[("1", "19.99 EUR")]));
}

#[tokio::test]
async fn the_pauses_between_tries_grow() {
    let mut market = Market::open().await;
    let cookie = market.cookie().await;
    market.sell("cup", &cookie).await;
    market.server.kill().await;
    for pause in [60, 120, 240, 480, 960, 1_920, 3_840, 3_840] {
        market.work(&["--now"]).await;
        let row = &market.shop.rows().await[0];
        let waits = row["pause"].as_i64().unwrap();
        // Some seconds have passed since the worker set the pause.
        assert!((pause - 30..=pause).contains(&waits), "{pause}: {row}");
    }
    // The worker leaves a postback alone until it is due, even if the server is back.
    market.server.restart_in_place().await;
    market.work(&[]).await.is_silent();
    assert_eq!(market.shop.rows().await[0]["tries"], 8);
    market.work(&["--now"]).await.is_silent();
    assert_eq!(market.counted().await.len(), 1);
}

#[tokio::test]
async fn only_an_answer_of_s2s_ends_a_postback() {
    let market = Market::open().await;
    let cookie = market.cookie().await;
    market.sell("cup", &cookie).await;
    // The shop's own server answers 200 to one of these addresses, and 404 to the other.
    for page in ["landing.php", "s2s"] {
        let own = format!("{}/{page}", market.shop.url);
        let former = market.shop.set(&format!("{}/s2s", market.server.url), &own);
        let said = market.work(&["--now"]).await;
        assert!(said.err.contains("order 1, waiting: "), "{said:?}");
        market.shop.write(CONFIG, &former);
    }
    assert_eq!(market.shop.rows().await[0]["tries"], 2);
    market.work(&["--now"]).await.is_silent();
    assert_eq!(market.counted().await.len(), 1);
}

#[tokio::test]
async fn a_refused_postback_stops_with_its_reason_and_can_be_sent_again() {
    let market = Market::open().await;
    let cookie = market.cookie().await;
    let damaged = format!("{}0", &cookie[..cookie.len() - 1]).replace("=0", "=1");
    market.sell("cup", &damaged).await;
    let said = market.work(&[]).await;
    assert!(said.err.contains("order 1, stopped: ") && said.err.contains("CLICK_ID_INVALID"), "{said:?}");

    let former = market.shop.set(&market.secret, "mistyped");
    market.sell("pot", &cookie).await;
    let said = market.work(&[]).await;
    assert!(said.err.contains("order 2, stopped: ") && said.err.contains("SIGNATURE_REFUSED"), "{said:?}");
    let rows = market.shop.rows().await;
    assert_eq!(states(&rows), [("1", "stopped"), ("2", "stopped")]);
    market.work(&["--now"]).await.is_silent();
    assert!(market.counted().await.is_empty());

    market.shop.write(CONFIG, &former);
    let again = "require 's2s/s2s.php';
        s2s_database()->exec(\"UPDATE s2s_postback SET state = 'waiting' WHERE oid = '2'\");";
    market.shop.run(&["-r", again]).await.is_silent();
    market.work(&["--now"]).await.is_silent();
    assert_eq!(market.counted().await, table(&[("2", "49.50 EUR")]));
}

#[tokio::test]
async fn a_server_that_asks_for_patience_gets_it() {
    let market = Market::open_with(&["--rate-per-address", "2"]).await;
    let cookie = market.cookie().await;
    let mut sold = Vec::new();
    for _ in 0..6 {
        sold.push(json!([market.sell("spoon", &cookie).await, "sent"]));
    }
    let mut patience = 0;
    loop {
        let said = market.work(&["--now"]).await;
        let rows = market.shop.rows().await;
        let states: Vec<Value> = rows.iter().map(|row| json!([row["oid"], row["state"]])).collect();
        if states == sold {
            break;
        }
        assert!(said.err.contains("RATE_LIMITED"), "{said:?}");
        patience += 1;
        assert!(patience < 1_000, "{rows:?}");
    }
    assert!(patience > 0, "the limit was never reached");
    assert_eq!(market.counted().await.len(), 6);
}
