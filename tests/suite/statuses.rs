//! The status of conversions, for each way in which they are reported.

use s2s_sdk::{
    prost_types::FieldMask,
    v1::{
        ConversionCode, ConversionFilter, ConversionStatus as Status, NewConversion,
        UpdateConversionCodeRequest,
    },
};
use s2s_tests::{Server, http, request};

use crate::report;

#[tokio::test]
async fn a_conversion_without_a_status_gets_that_of_its_code() {
    let server = Server::start().await;
    let client = server.client();
    let mut code = server.code("Sale").await;
    assert_eq!(code.default_status(), Status::Approved, "the default is shown");
    let click = server.click(&server.link(&[&code]).await).await;
    let mut oid = 0;
    for default in [Status::Approved, Status::Pending, Status::Declined, Status::Unspecified] {
        let change =
            ConversionCode { id: code.id.clone(), default_status: default.into(), ..Default::default() };
        let update = UpdateConversionCodeRequest {
            conversion_code: Some(change),
            update_mask: Some(FieldMask { paths: vec!["default_status".to_owned()] }),
            ..Default::default()
        };
        code = client.conversion_codes().update(update).await.unwrap().conversion_code.unwrap();
        let default = if default == Status::Unspecified { Status::Approved } else { default };
        assert_eq!(code.default_status(), default);
        for (sent, word) in
            [(Status::Unspecified, ""), (Status::Pending, "pending"), (Status::Declined, "declined")]
        {
            let expected = if sent == Status::Unspecified { default } else { sent };
            oid += 2;
            let conversion = NewConversion {
                transaction_id: oid.to_string(),
                status: sent.into(),
                ..report(&code, &click)
            };
            let recorded = client.conversions().record(request::conversion(conversion)).await.unwrap();
            assert_eq!(recorded.conversion.unwrap().status(), expected, "{default:?} {sent:?}");
            let status = if word.is_empty() { String::new() } else { format!("&status={word}") };
            let query = format!("clickId={click}&id={}&val=1&com=0&oid={}{status}", code.id, oid + 1);
            let answer = http().get(format!("{}/s2s?{query}", server.url)).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            let filter = ConversionFilter { transaction_id: (oid + 1).to_string(), ..Default::default() };
            let found =
                client.conversions().list_page(request::conversions(filter)).await.unwrap().conversions;
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].status(), expected, "{default:?} {word}");
        }
    }
    for status in [Status::Approved, Status::Pending, Status::Declined] {
        let by_status =
            |filter: ConversionFilter| client.conversions().list_page(request::conversions(filter));
        let now = by_status(ConversionFilter { status: status.into(), ..Default::default() }).await.unwrap();
        let then = ConversionFilter { recorded_status: status.into(), ..Default::default() };
        assert_eq!(now.conversions, by_status(then).await.unwrap().conversions);
        assert!(now.conversions.iter().all(|conversion| conversion.status() == status));
        assert!(now.conversions.len() >= 4);
    }
}
