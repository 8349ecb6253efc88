//! The facts of a click: country, device, operating system, browser, host of the referrer.

use std::sync::atomic::{AtomicBool, Ordering};

use s2s_sdk::{
    Client,
    v1::{
        Click, DeviceKind, EraseVisitorRequest, ExplainClickRequest, GetClickRequest, ListClicksRequest,
        RecordClickRequest, TrackingLink,
    },
};
use s2s_tests::{Server, click_id_of, eventually, http, mmdb};
use tempfile::TempDir;

use crate::redirect::{BROWSER, location};

const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/17.5 Mobile/15E148 Safari/604.1";
/// A time long ago, in seconds since 1970.
const BUILT: u64 = 1_780_272_000;
/// The first two networks are truncated to the same one.
const NETWORKS: [(&str, u8, &str); 3] =
    [("203.0.113.0", 25, "DE"), ("203.0.113.128", 25, "FR"), ("198.51.100.0", 24, "JP")];

/// The file of a geo database.
struct File(TempDir);

impl File {
    fn new(networks: &[(&str, u8, &str)]) -> Self {
        let file = Self(tempfile::tempdir().unwrap());
        file.replace(&mmdb::database(networks, BUILT, false));
        file
    }

    fn path(&self) -> String {
        self.0.path().join("countries.mmdb").to_str().unwrap().to_owned()
    }

    /// Puts other contents in place of the file, in one step.
    fn replace(&self, contents: &[u8]) {
        let new = self.0.path().join("new");
        std::fs::write(&new, contents).unwrap();
        std::fs::rename(new, self.path()).unwrap();
    }

    /// Starts a server with this file.
    async fn start(&self, flags: &[&str]) -> Server {
        Server::start_with(&[&["--geo-database", &self.path()], flags].concat()).await
    }
}

/// A click of a partner's visitor at that address.
async fn record(client: &Client, link: &TrackingLink, address: &str) -> Click {
    let request = RecordClickRequest {
        tracking_link_id: link.id.clone(),
        address: address.to_owned(),
        user_agent: IPHONE.to_owned(),
        referrer: "https://News.Example:8443/page?mail=mallory".to_owned(),
        ..Default::default()
    };
    client.clicks().record(request).await.unwrap().click.unwrap()
}

/// A click, once it is stored.
async fn stored(server: &Server, id: &str) -> Click {
    let (client, request) = (server.client(), GetClickRequest { click_id: id.to_owned() });
    eventually(async || client.clicks().get(request.clone()).await.ok()?.click).await
}

/// Waits until `/healthz` has that fault of the geo database.
async fn has_fault(server: &Server, part: &str) {
    eventually(async || {
        let health = server.health().await;
        let fault = health["geo_database"]["fault"].as_str().unwrap_or_default().to_owned();
        (fault.is_empty() == part.is_empty() && fault.contains(part)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_click_has_facts_in_every_answer() {
    let file = File::new(&NETWORKS);
    let server = file.start(&[]).await;
    let (client, link) = (server.client(), server.link(&[]).await);
    // The truncated address would be in another network.
    for (address, truncated, country) in [
        ("203.0.113.7", "203.0.113.0", "DE"),
        ("203.0.113.200", "203.0.113.0", "FR"),
        ("::ffff:203.0.113.200", "203.0.113.0", "FR"),
        ("198.51.100.1", "198.51.100.0", "JP"),
        ("192.0.2.1", "192.0.2.0", ""),
        ("2001:db8::1", "2001:db8::", ""),
        ("", "", ""),
    ] {
        let click = record(&client, &link, address).await;
        assert_eq!((click.address.as_str(), click.country.as_str()), (truncated, country), "{address}");
        let facts = (click.device(), click.os.as_str(), click.browser.as_str());
        assert_eq!(facts, (DeviceKind::Phone, "iOS", "Safari"));
        assert_eq!(click.referrer_host, "news.example");
        assert_eq!(stored(&server, &click.id).await, click);
        let explained = client.clicks().explain(ExplainClickRequest { click_id: click.id.clone() }).await;
        assert_eq!(explained.unwrap().click, Some(click.clone()));
        let list = ListClicksRequest { tracking_link_id: link.id.clone(), ..Default::default() };
        let listed = client.clicks().list_page(list).await.unwrap().clicks;
        assert!(listed.contains(&click), "{listed:?}");
    }
    let health = server.health().await;
    assert_eq!(health["geo_database"]["built"], "2026-06-01T00:00:00Z");
    assert!(health["geo_database"]["age_seconds"].as_i64().unwrap() > 0);
}

#[tokio::test]
async fn a_visitor_of_an_edge_has_facts_also_through_the_spool() {
    let file = File::new(&NETWORKS);
    let core = file.start(&["--trusted-proxies", "127.0.0.1"]).await;
    let edge = Server::start_edge(&core, &[("S2S_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let link = core.link(&[]).await;
    let visit = async |server: &Server, agent: &str| {
        let visit = http().get(format!("{}/{}", server.url, link.slug)).header("user-agent", agent);
        let visit = visit.header("x-forwarded-for", "203.0.113.200").header("referer", "https://a.example/x");
        click_id_of(location(&visit.send().await.unwrap()))
    };
    let check = async |id: &str, kind: DeviceKind, os: &str| {
        let click = stored(&core, id).await;
        assert_eq!((click.address.as_str(), click.country.as_str()), ("203.0.113.0", "FR"));
        assert_eq!((click.device(), click.os.as_str()), (kind, os));
        assert_eq!(click.referrer_host, "a.example");
    };
    for server in [&core, &edge] {
        check(&visit(server, IPHONE).await, DeviceKind::Phone, "iOS").await;
        check(&visit(server, BROWSER).await, DeviceKind::Desktop, "Linux").await;
    }
    core.freeze().await;
    let spooled = visit(&edge, IPHONE).await;
    core.thaw().await;
    check(&spooled, DeviceKind::Phone, "iOS").await;
    // Only a core reads the file.
    assert!(edge.health().await.get("geo_database").is_none());
}

#[tokio::test]
async fn the_country_is_stored_as_the_operator_chooses() {
    let file = File::new(&NETWORKS);
    for (flags, address, country) in [
        (&["--store-addresses", "none"][..], "", "DE"),
        (&["--store-addresses", "whole"], "203.0.113.7", "DE"),
        (&["--store-country", "off"], "203.0.113.0", ""),
        (&["--store-country", "off", "--store-addresses", "none"], "", ""),
    ] {
        let server = file.start(flags).await;
        let link = server.link(&[]).await;
        let click = record(&server.client(), &link, "203.0.113.7").await;
        assert_eq!((click.address.as_str(), click.country.as_str()), (address, country), "{flags:?}");
        assert_eq!(click.device(), DeviceKind::Phone);
        assert_eq!(stored(&server, &click.id).await, click);
    }
}

#[tokio::test]
async fn an_erased_click_has_no_facts() {
    let file = File::new(&NETWORKS);
    let server = file.start(&[]).await;
    let (client, link) = (server.client(), server.link(&[]).await);
    let click = record(&client, &link, "203.0.113.7").await;
    let request = EraseVisitorRequest { click_id: click.id.clone(), ..Default::default() };
    let erased = client.clicks().erase_visitor(request).await.unwrap().click.unwrap();
    let blank = Click {
        id: click.id.clone(),
        tracking_link_id: link.id,
        click_time: click.click_time,
        ..Default::default()
    };
    assert_eq!((&erased, &stored(&server, &click.id).await), (&blank, &blank));
}

#[tokio::test]
async fn a_changed_file_is_taken_up_under_load_and_a_broken_one_fails_no_click() {
    let file = File::new(&NETWORKS);
    let server = file.start(&[]).await;
    let (client, link) = (server.client(), server.link(&[]).await);
    let ends = AtomicBool::new(false);
    let load = async {
        let mut countries = Vec::new();
        while !ends.load(Ordering::Relaxed) {
            let country = record(&client, &link, "203.0.113.7").await.country;
            if countries.last() != Some(&country) {
                countries.push(country);
            }
        }
        countries
    };
    let becomes = async |country: &str| {
        eventually(async || (record(&client, &link, "203.0.113.7").await.country == country).then_some(()))
            .await;
    };
    let changes = async {
        becomes("DE").await;
        file.replace(&mmdb::database(&[("203.0.113.0", 24, "NL")], BUILT, true));
        becomes("NL").await;
        let whole = mmdb::database(&[("203.0.113.0", 24, "SE")], BUILT, false);
        file.replace(&whole[..whole.len() - 40]);
        becomes("").await;
        has_fault(&server, "damaged").await;
        file.replace(&whole);
        becomes("SE").await;
        has_fault(&server, "").await;
        std::fs::remove_file(file.path()).unwrap();
        becomes("").await;
        has_fault(&server, "does not exist").await;
        // Written in place, as `cp` does.
        std::fs::write(file.path(), mmdb::database(&NETWORKS, BUILT, false)).unwrap();
        becomes("DE").await;
        ends.store(true, Ordering::Relaxed);
    };
    let (countries, ()) = tokio::join!(load, changes);
    assert_eq!(countries, ["DE", "NL", "", "SE", "", "DE"]);
}

#[tokio::test]
async fn a_server_starts_without_a_usable_file_and_warns_of_an_old_one() {
    let file = File::new(&[]);
    for (contents, fault) in [(None, "does not exist"), (Some(&b"no database"[..]), "damaged")] {
        match contents {
            Some(contents) => file.replace(contents),
            None => std::fs::remove_file(file.path()).unwrap(),
        }
        let server = Server::start_logged(&["--geo-database", &file.path()], Vec::new()).await;
        has_fault(&server, fault).await;
        let link = server.link(&[]).await;
        assert_eq!(record(&server.client(), &link, "203.0.113.7").await.country, "");
        assert!(server.log().contains("can't use the geo database"), "{}", server.log());
    }
    file.replace(&mmdb::database(&NETWORKS, 1_000_000_000, false));
    let server = Server::start_logged(&["--geo-database", &file.path()], Vec::new()).await;
    eventually(async || server.log().contains("older than 60 days").then_some(())).await;
    assert!(server.log().contains("2001-09-09T01:46:40Z"), "{}", server.log());
}
