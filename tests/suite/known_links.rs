//! Links that an edge knows although no visitor has followed them at that edge. Their visitors are
//! redirected while the database or the core is down.

use std::{
    collections::BTreeSet,
    fs::{self, File},
};

use futures::TryStreamExt as _;
use s2s_sdk::{
    Error,
    prost_types::{FieldMask, Timestamp},
    v1::{
        ApiKeyScope, ArchiveTrackingLinkRequest, CreateTrackingLinkRequest, ErrorReason, ListClicksRequest,
        TrackingLink, UnarchiveTrackingLinkRequest, UpdateTrackingLinkRequest,
    },
};
use s2s_tests::{
    Server, authorized_by,
    database::{self, breakable::Breakable},
    edge_v1::{ListLinksRequest, edge_service_client::EdgeServiceClient},
    eventually, http,
    sale::visit,
};

use crate::{
    contract::channel,
    moved,
    redirect::{DESTINATION, leading_to},
};

/// The number of links that nobody has followed.
const LINKS: usize = 12;
/// More links than fit in a budget of one mebibyte.
const MANY: usize = 20_000;
/// The number of long links of another account: more than fit in a budget of one mebibyte.
const MANY_LONG: usize = 600;
/// The length of a parameter of a long link.
const LONG: usize = 1_800;

async fn links(core: &Server, count: usize) -> Vec<TrackingLink> {
    let mut links = Vec::new();
    for _ in 0..count {
        links.push(core.create_link(leading_to(DESTINATION)).await);
    }
    links
}

/// Follows each link once. Returns the click ids, in the order of the links.
async fn follow_all(edge: &Server, links: &[TrackingLink]) -> Vec<String> {
    let mut clicks = Vec::new();
    for link in links {
        let click = visit(&http(), &edge.url, &link.slug).await.unwrap();
        clicks.push(click.unwrap_or_else(|status| panic!("{} was answered {status}", link.slug)));
    }
    clicks
}

/// The status of the answer to a visitor.
async fn status(edge: &Server, slug: &str) -> u16 {
    http().get(format!("{}/{slug}", edge.url)).send().await.unwrap().status().as_u16()
}

async fn stored(core: &Server, link: &TrackingLink) -> BTreeSet<String> {
    let request = ListClicksRequest { tracking_link_id: link.id.clone(), ..Default::default() };
    core.client().clicks().list(request).map_ok(|click| click.id).try_collect().await.unwrap()
}

/// Waits until the edge has read all changes of links so far.
async fn is_up_to_date(core: &Server, edge: &Server) {
    let newest = core.create_link(leading_to(DESTINATION)).await;
    edge.knows(&newest.slug).await;
}

/// Checks that exactly these clicks are stored. `rounds`: for each round, one click of each link.
async fn check_stored(core: &Server, links: &[TrackingLink], rounds: &[Vec<String>]) {
    for (index, link) in links.iter().enumerate() {
        let expected: BTreeSet<String> = rounds.iter().map(|clicks| clicks[index].clone()).collect();
        assert_eq!((stored(core, link).await, expected.len()), (expected, rounds.len()));
    }
}

#[tokio::test]
async fn a_link_that_nobody_has_followed_is_served_without_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Breakable::start(folder.path()).await;
    let mut server = Server::start_at_with(database.url.clone(), &["--spool", "spool"]).await;
    let links = links(&server, LINKS).await;
    server.knows(&links[LINKS - 1].slug).await;
    database.take_away().await;
    let mut rounds = vec![follow_all(&server, &links).await];
    server.terminate().await;
    assert!(server.ended().await.success());
    server.restart().await;
    rounds.push(follow_all(&server, &links).await);
    database.give_back().await;
    server.drained().await;
    check_stored(&server, &links, &rounds).await;
}

#[tokio::test]
async fn a_link_that_nobody_has_followed_is_served_without_the_core() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let mut edge = Server::start_edge(&core, &[]).await;
    let links = links(&core, LINKS).await;
    edge.knows(&links[LINKS - 1].slug).await;
    core.kill().await;
    let mut rounds = vec![follow_all(&edge, &links).await];
    edge.kill().await;
    edge.restart().await;
    rounds.push(follow_all(&edge, &links).await);
    core.restart_in_place().await;
    edge.drained().await;
    check_stored(&core, &links, &rounds).await;
}

#[tokio::test]
async fn an_edge_without_a_spool_knows_links_too() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let links = links(&core, LINKS).await;
    let edge = Server::start_edge(&core, &[("S2S_SPOOL", "off")]).await;
    // If the edge serves the last link of the list while the core is frozen, it has read the list.
    // The test asks until then, because without a spool no file shows what the edge has read. Between
    // two freezes the core answers the edge at least once, so that the edge gets to read the list.
    eventually(async || {
        eventually(async || (status(&edge, "unknown").await == 404).then_some(())).await;
        core.freeze().await;
        let served = status(&edge, &links[LINKS - 1].slug).await;
        core.thaw().await;
        (served == 302).then_some(())
    })
    .await;
    core.kill().await;
    for link in &links {
        assert_eq!(status(&edge, &link.slug).await, 302);
    }
}

#[tokio::test]
async fn what_has_become_of_a_link_is_known_without_a_visitor() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let mut edge = Server::start_edge(&core, &[]).await;
    let [archived, followed, renamed, revived] = links(&core, 4).await.try_into().unwrap();
    is_up_to_date(&core, &edge).await;
    assert_eq!(status(&edge, &followed.slug).await, 302);
    let client = core.client();
    for link in [&archived, &followed, &revived] {
        let archive = ArchiveTrackingLinkRequest { tracking_link_id: link.id.clone(), ..Default::default() };
        client.tracking_links().archive(archive).await.unwrap();
    }
    let unarchive =
        UnarchiveTrackingLinkRequest { tracking_link_id: revived.id.clone(), ..Default::default() };
    client.tracking_links().unarchive(unarchive).await.unwrap();
    let rename = UpdateTrackingLinkRequest {
        tracking_link: Some(TrackingLink { slug: "another".to_owned(), ..renamed.clone() }),
        update_mask: Some(FieldMask { paths: vec!["slug".to_owned()] }),
        ..Default::default()
    };
    client.tracking_links().update(rename).await.unwrap();
    // While the core answers, the edge replaces its copy of a link once the copy is too old, even
    // before it reads the list of links.
    eventually(async || (status(&edge, &followed.slug).await == 410).then_some(())).await;
    is_up_to_date(&core, &edge).await;
    core.kill().await;
    let statuses = async |edge: &Server| {
        let slugs = [&archived.slug, &followed.slug, &renamed.slug, "another", &revived.slug];
        let mut statuses = Vec::new();
        for slug in slugs {
            statuses.push(status(edge, slug).await);
        }
        statuses
    };
    // An edge keeps links that have ended, so that it can answer 410 without its core.
    assert_eq!(statuses(&edge).await, [410, 410, 503, 302, 302]);
    edge.kill().await;
    edge.restart().await;
    assert_eq!(statuses(&edge).await, [410, 410, 503, 302, 302]);
}

#[tokio::test]
async fn links_that_the_core_has_lost_are_forgotten() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let mut edge = Server::start_edge(&core, &[]).await;
    let lost = links(&core, 3).await;
    is_up_to_date(&core, &edge).await;
    follow_all(&edge, &lost).await;
    // The core lacks these links, as after a backup was restored.
    database::execute(&core.database_url, "DELETE FROM tracking_link").await;
    edge.terminate().await;
    assert!(edge.ended().await.success());
    edge.restart().await;
    is_up_to_date(&core, &edge).await;
    core.kill().await;
    for _ in 0..2 {
        for link in &lost {
            assert_eq!(status(&edge, &link.slug).await, 503);
        }
        edge.terminate().await;
        assert!(edge.ended().await.success());
        edge.restart().await;
    }
}

#[tokio::test]
async fn a_write_that_a_crash_cut_short_costs_at_most_its_last_record() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let mut edge = Server::start_edge(&core, &[]).await;
    let mut links = links(&core, LINKS).await;
    edge.knows(&links[LINKS - 1].slug).await;
    // The new link becomes the last record of the file.
    links.push(core.create_link(leading_to(DESTINATION)).await);
    edge.knows(&links[LINKS].slug).await;
    core.kill().await;
    edge.kill().await;
    let path = edge.spool().join("known");
    let length = fs::metadata(&path).unwrap().len();
    File::options().write(true).open(&path).unwrap().set_len(length - 30).unwrap();
    edge.restart().await;
    let last = links.pop().unwrap();
    assert_eq!(status(&edge, &last.slug).await, 503);
    for link in &links {
        assert_eq!(status(&edge, &link.slug).await, 302);
    }
    core.restart_in_place().await;
    edge.knows(&last.slug).await;
    core.kill().await;
    edge.kill().await;
    edge.restart().await;
    assert_eq!(status(&edge, &last.slug).await, 302);
}

#[tokio::test]
async fn what_others_append_does_not_count() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let mut edge = Server::start_edge(&core, &[]).await;
    let own = links(&core, 2).await;
    is_up_to_date(&core, &edge).await;
    let elsewhere = Server::start_with(&["--role", "core"]).await;
    let stranger = Server::start_edge(&elsewhere, &[]).await;
    let planted = elsewhere.create_link(TrackingLink { slug: "planted".to_owned(), ..own[0].clone() }).await;
    stranger.knows(&planted.slug).await;
    core.kill().await;
    edge.kill().await;
    let path = edge.spool().join("known");
    let theirs = fs::read(stranger.spool().join("known")).unwrap();
    fs::write(&path, [fs::read(&path).unwrap(), theirs].concat()).unwrap();
    edge.restart().await;
    assert_eq!(status(&edge, &planted.slug).await, 503);
    for link in &own {
        assert_eq!(status(&edge, &link.slug).await, 302);
    }
}

#[tokio::test]
async fn an_edge_lists_links_by_their_last_change() {
    let server = Server::start().await;
    let (_, key) = server.api_key("", &[ApiKeyScope::Edge]).await;
    let other = server.account("Other").await;
    let mut edge = EdgeServiceClient::new(channel(&server).await);
    let mut ask = async |min_update_time, page_size, page_token: &str| {
        let page_token = page_token.to_owned();
        let request = ListLinksRequest { min_update_time, page_size, page_token };
        edge.list_links(authorized_by(&key, request)).await.map(tonic::Response::into_inner)
    };
    let tagged = TrackingLink { tags: vec!["tag".to_owned()], ..leading_to(DESTINATION) };
    let mut own = links(&server, 2).await;
    own.push(server.create_link(tagged).await);
    let (_, write) = server.api_key(&other.id, &[ApiKeyScope::Write]).await;
    let create =
        CreateTrackingLinkRequest { tracking_link: Some(leading_to(DESTINATION)), ..Default::default() };
    let theirs = server.client_with(&write).tracking_links().create(create).await.unwrap();
    own.push(theirs.tracking_link.unwrap());
    // A change makes the first link the last one.
    let archive = ArchiveTrackingLinkRequest { tracking_link_id: own[0].id.clone(), ..Default::default() };
    let archived = server.client().tracking_links().archive(archive).await.unwrap().tracking_link.unwrap();
    own.rotate_left(1);
    own[3] = archived;

    let seconds = |time: Option<Timestamp>| time.unwrap().seconds;
    let (mut token, mut listed) = (String::new(), Vec::new());
    loop {
        let page = ask(None, 1, &token).await.unwrap();
        assert!(page.links.len() <= 1 && seconds(page.read_time) >= seconds(own[3].update_time));
        listed.extend(page.links);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let accounts: Vec<&str> = listed.iter().map(|link| link.account_id.as_str()).collect();
    assert_eq!(
        (accounts[2], accounts[0] == accounts[1], accounts[0] != accounts[2]),
        (&*other.id, true, true)
    );
    let shown: Vec<TrackingLink> = listed.iter().map(|link| link.tracking_link.clone().unwrap()).collect();
    let expected = own.iter().map(|link| TrackingLink {
        tags: Vec::new(),
        url: String::new(),
        conversion_code_ids: Vec::new(),
        ..link.clone()
    });
    assert_eq!(shown, expected.collect::<Vec<_>>());

    let changed = ask(own[2].update_time, 0, "").await.unwrap().links;
    assert_eq!(changed, listed[2..]);
    let later = moved(own[3].update_time, 1);
    assert_eq!(ask(later, 0, "").await.unwrap().links, []);
    // A token belongs to the list that returned it.
    let token = ask(None, 1, "").await.unwrap().next_page_token;
    let error = Error::from(ask(later, 1, &token).await.unwrap_err());
    assert_eq!(error.reason(), ErrorReason::PageTokenInvalid);
    let error = Error::from(ask(None, -1, "").await.unwrap_err());
    assert_eq!(error.reason(), ErrorReason::FieldInvalid);
}

/// Makes `MANY` copies of the only link in the database, with the slugs `copy1`, `copy2` and so on.
/// The copies were changed in the order of their numbers.
async fn make_copies(url: &str) {
    let (id, slug, numbers) = match database::kind() {
        "sqlite" => (
            "randomblob(16)",
            "CAST('copy' || n AS BLOB)",
            format!("WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {MANY})"),
        ),
        "postgres" => (
            "gen_random_uuid()",
            "convert_to('copy' || n, 'UTF8')",
            format!("WITH s AS (SELECT generate_series(1, {MANY}) AS n)"),
        ),
        _ => ("UNHEX(REPLACE(UUID(), '-', ''))", "CONCAT('copy', n)", String::new()),
    };
    let source = if numbers.is_empty() { format!("seq_1_to_{MANY}") } else { "s".to_owned() };
    let n = if numbers.is_empty() { "(SELECT seq AS n FROM ".to_owned() + &source + ") s" } else { source };
    let kept = "account_id, destination, conversion_code_ids, tags, redirect_kind, query_pass_through, \
                expires_at, fallback_destination, archived, request_digest, created_at";
    let statement = format!(
        "INSERT INTO tracking_link (id, slug, link_key, updated_at, {kept}) {numbers} \
         SELECT {id}, {slug}, n, updated_at + n, {kept} FROM tracking_link, {n}"
    );
    database::execute(url, &statement).await;
}

/// Another account has more links than fit in the budget, and each of them is followed.
#[tokio::test]
async fn an_account_with_many_links_pushes_out_no_links_of_others() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    let own = links(&core, LINKS).await;
    let (_, key) = core.api_key("", &[ApiKeyScope::Edge]).await;
    let variables = vec![("S2S_CORE_KEY", key), ("S2S_LINKS_KNOWN_MEBIBYTES", "1".to_owned())];
    let flags = ["--role", "edge", "--core", &core.url, "--spool", "spool"];
    let mut edge = Server::start_logged(&flags, variables).await;
    follow_all(&edge, &own[..LINKS / 2]).await;
    let other = core.account("Other").await;
    let (_, write) = core.api_key(&other.id, &[ApiKeyScope::Write]).await;
    let client = core.client_with(&write);
    let padding = "a".repeat(LONG);
    let mut theirs = Vec::new();
    for number in 0..MANY_LONG {
        let tracking_link =
            Some(leading_to(&format!("https://shop.example/{number}?s1=[s2sidentifier]&p={padding}")));
        let create = CreateTrackingLinkRequest { tracking_link, ..Default::default() };
        theirs.push(client.tracking_links().create(create).await.unwrap().tracking_link.unwrap());
    }
    follow_all(&edge, &theirs).await;
    is_up_to_date(&core, &edge).await;
    let log = edge.log();
    core.kill().await;
    for _ in 0..3 {
        for link in &own {
            assert_eq!(status(&edge, &link.slug).await, 302);
        }
        // The edge knows the other account's links that were followed last.
        assert_eq!(status(&edge, &theirs[0].slug).await, 503);
        assert_eq!(status(&edge, &theirs[MANY_LONG - 1].slug).await, 302);
        edge.kill().await;
        edge.restart().await;
    }
    assert_eq!(log.matches("not all links fit").count(), 1, "{log}");
}

#[tokio::test]
async fn twenty_thousand_links_are_known_as_far_as_the_budget_goes() {
    let mut core = Server::start_with(&["--role", "core"]).await;
    core.create_link(leading_to(DESTINATION)).await;
    make_copies(&core.database_url).await;
    let roomy = Server::start_edge(&core, &[]).await;
    let narrow = Server::start_edge(&core, &[("S2S_LINKS_KNOWN_MEBIBYTES", "1")]).await;
    // `copy1` is the oldest copy. The edge keeps it only because a visitor has followed it.
    assert_eq!(status(&narrow, "copy1").await, 302);
    let newest = format!("copy{MANY}");
    roomy.knows(&newest).await;
    narrow.knows(&newest).await;
    let size = |edge: &Server| fs::metadata(edge.spool().join("known")).unwrap().len();
    let (all, few) = (size(&roomy), size(&narrow));
    assert!(all < 16 << 20, "{all}");
    assert!(few < 2 << 20, "{few}");
    core.kill().await;
    for number in (1..=MANY).step_by(97) {
        assert_eq!(status(&roomy, &format!("copy{number}")).await, 302, "{number}");
    }
    for (slug, expected) in [("copy1", 302), ("copy2", 503), ("copy9999", 503), (&newest, 302)] {
        assert_eq!(status(&narrow, slug).await, expected, "{slug}");
    }
}
