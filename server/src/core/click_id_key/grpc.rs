//! Click id keys: translation between messages and commands.

use s2s_sdk::v1::{self, RotateClickIdKeyRequest, RotateClickIdKeyResponse};
use tonic::Request;

use super::{Rotate, StoredKey};
use crate::{
    api::edge_v1::{ClickIdKey, ListClickIdKeysResponse},
    core::{App, conversion_code::WINDOW_SECONDS_MAX},
    error::{Result, Violations},
    values::{
        id::request_id_bytes,
        time::{Span, Time},
    },
};

/// `ClickService.RotateClickIdKey`.
pub async fn rotate_click_id_key(
    app: &App,
    request: Request<RotateClickIdKeyRequest>,
) -> Result<RotateClickIdKeyResponse> {
    let keys = super::rotate(app, parse_rotate(request.get_ref())?).await?;
    Ok(RotateClickIdKeyResponse { click_id_keys: keys.into_iter().map(StoredKey::into_proto).collect() })
}

/// `EdgeService.ListClickIdKeys`.
pub fn list_click_id_keys(app: &App) -> ListClickIdKeysResponse {
    let keys = app.click_id_keys.present();
    let keys =
        keys.iter().map(|key| ClickIdKey { key_id: key.key_id.number().into(), secret: key.secret.to_vec() });
    ListClickIdKeysResponse { click_id_keys: keys.collect(), core_time: Some(app.now().to_proto()) }
}

fn parse_rotate(request: &RotateClickIdKeyRequest) -> Result<Rotate> {
    let mut violations = Violations::default();
    let overlap = violations.check("overlap", request.overlap.map(parse_overlap).transpose());
    let request_id = violations.check("request_id", request_id_bytes(&request.request_id));
    match (overlap, request_id) {
        (Some(overlap), Some(request_id)) => {
            Ok(Rotate { overlap, request_id, validate_only: request.validate_only })
        }
        _ => Err(violations.into_error()),
    }
}

/// An overlap can be as long as the longest attribution window that a code may have.
fn parse_overlap(duration: prost_types::Duration) -> Result<Span, String> {
    if duration.nanos == 0 && (0..=WINDOW_SECONDS_MAX).contains(&duration.seconds) {
        Ok(Span::from_seconds(duration.seconds))
    } else {
        Err("must be whole seconds, from 0 seconds to 400 days".to_owned())
    }
}

impl StoredKey {
    fn into_proto(self) -> v1::ClickIdKey {
        v1::ClickIdKey {
            number: self.key_id.number().into(),
            create_time: Some(self.created_at.to_proto()),
            expire_time: self.ends_at.map(Time::to_proto),
        }
    }
}
