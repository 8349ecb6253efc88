//! Requests from reports of conversions.

use crate::v1::{NewConversion, RecordConversionRequest, record_conversion_request::Report};

/// Makes the request that records a conversion. `request_id` is empty, so that
/// [`Client`](crate::Client) fills it in, and `validate_only` is false. To set one of these fields,
/// write `RecordConversionRequest { request_id, ..conversion.into() }`.
impl From<NewConversion> for RecordConversionRequest {
    fn from(conversion: NewConversion) -> Self {
        Self { report: Some(Report::Conversion(conversion)), ..Self::default() }
    }
}
