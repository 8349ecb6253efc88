//! Postbacks that are answered 503 are withdrawn: if they are sent again, they count once.

use futures::future::join_all;
use s2s_sdk::v1::{ConversionCode, DedupePolicy, ListConversionsRequest};
use s2s_tests::Server;

/// The number of postbacks that are sent while the core hangs.
const HUNG: usize = 8;

/// The code counts every call, and no postback has an order id.
#[tokio::test]
async fn what_is_answered_503_counts_once_when_it_is_sent_again() {
    let core = Server::start_with(&["--role", "core"]).await;
    let edge = Server::start_edge(&core, &[("S2S_SPOOL", "off")]).await;
    let dedupe_policy = DedupePolicy::Every.into();
    let every = ConversionCode { name: "Every".to_owned(), dedupe_policy, ..Default::default() };
    let every = core.create_code(every).await;
    let link = core.link(&[&every]).await;
    let click = core.click(&link).await;
    let query = format!("clickId={click}&id={}&val=1&com=0", every.id);
    let mut expected = 0;
    for round in 0..3 {
        core.freeze().await;
        let answers = join_all((0..HUNG).map(|_| edge.postback(&query))).await;
        for answer in answers {
            assert_eq!((answer.status, answer.field("verdict").as_str()), (503, "REFUSED"), "{answer:?}");
        }
        core.thaw().await;
        let answers = join_all((0..HUNG).map(|_| edge.postback(&query))).await;
        for answer in answers {
            assert_eq!(answer.field("verdict"), "RECORDED", "{round}: {answer:?}");
        }
        expected += HUNG;
        let request = ListConversionsRequest { page_size: 1_000, ..Default::default() };
        let counted = core.client().conversions().list_page(request).await.unwrap().conversions.len();
        assert_eq!(counted, expected, "{round}");
    }
}
