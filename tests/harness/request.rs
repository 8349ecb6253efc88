//! Builders of requests whose messages are nested. Each takes only the innermost values.

use s2s_sdk::v1::{
    ConversionFilter, ExplainPostbackRequest, ListConversionsRequest, ListPostbacksRequest, NewConversion,
    PostbackFilter, PostbackIds, RawPostback, RecordConversionRequest, ReplayPostbacksRequest,
    explain_postback_request::Postback as Explained, record_conversion_request::Report,
    replay_postbacks_request::Postbacks as Replayed,
};

/// Records a conversion.
pub fn conversion(conversion: NewConversion) -> RecordConversionRequest {
    RecordConversionRequest { report: Some(Report::Conversion(conversion)), ..Default::default() }
}

/// Records the conversion that is read from a postback.
pub fn postback(postback: RawPostback) -> RecordConversionRequest {
    RecordConversionRequest { report: Some(Report::Postback(postback)), ..Default::default() }
}

/// Lists the conversions that match `filter`.
pub fn conversions(filter: ConversionFilter) -> ListConversionsRequest {
    ListConversionsRequest { filter: Some(filter), ..Default::default() }
}

/// Lists the postbacks that match `filter`.
pub fn postbacks(filter: PostbackFilter) -> ListPostbacksRequest {
    ListPostbacksRequest { filter: Some(filter), ..Default::default() }
}

/// Replays the postbacks with these ids.
pub fn replay(ids: Vec<String>) -> ReplayPostbacksRequest {
    ReplayPostbacksRequest { postbacks: Some(Replayed::Ids(PostbackIds { ids })), ..Default::default() }
}

/// Replays the held postbacks that match `filter`.
pub fn replay_all(filter: PostbackFilter) -> ReplayPostbacksRequest {
    ReplayPostbacksRequest { postbacks: Some(Replayed::Filter(filter)), ..Default::default() }
}

/// Explains a postback URL.
pub fn explain(target: impl Into<Vec<u8>>) -> ExplainPostbackRequest {
    ExplainPostbackRequest { postback: Some(Explained::Target(target.into())) }
}

/// Explains a stored postback.
pub fn explain_stored(id: &str) -> ExplainPostbackRequest {
    ExplainPostbackRequest { postback: Some(Explained::PostbackId(id.to_owned())) }
}
