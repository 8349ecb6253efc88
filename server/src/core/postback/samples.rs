//! Postbacks for the rehearsal at the start.

use std::sync::Arc;

use s2s_sdk::v1::ErrorReason;

use super::{
    Postback, Proof, Reason,
    store::{Mode, PostbackWrite},
    update::Report,
};
use crate::{
    core::{
        conversion::{self, Conversion},
        conversion_code::{TransactionScope, UpdatePolicy},
    },
    db::group_commit::rehearsal::Rehearsed,
    values::{
        id::{AccountId, PostbackId, Random},
        time::Time,
    },
};

impl Rehearsed for PostbackWrite {
    fn samples(random: &Random, now: Time) -> Vec<[Self; 2]> {
        let insert = |conversion| new(random, now, conversion);
        let counted = [(); 2].map(|()| insert(Some(conversion::sample(random, now))));
        let held = [(); 2].map(|()| insert(None));
        let replayed = held.each_ref().map(|held| {
            let report = Some(Arc::new(sale(conversion::sample(random, now))));
            let postback = Postback { replayed_at: Some(now), ..held.postback.clone() };
            PostbackWrite { postback, report, matched: false, mode: Mode::Update }
        });
        vec![counted, held, replayed]
    }
}

/// A postback that counts, or that is held for its click id.
fn new(random: &Random, now: Time, conversion: Option<Conversion>) -> PostbackWrite {
    let arrived = Postback::arrived(PostbackId(random.id(now)), AccountId::DEFAULT, now);
    let arrived = Postback { method: "GET".to_owned(), target: b"/s2s?clickId=c&id=1".to_vec(), ..arrived };
    let arrived = Postback { checks_passed: Some(Proof::default()), from_edge: true, ..arrived };
    let postback = match &conversion {
        Some(conversion) => Postback {
            code_text: conversion.code_id.to_string(),
            click_text: conversion.click_id.0.to_string(),
            ..arrived
        },
        None => Postback {
            reason: Some(Reason(ErrorReason::ClickIdInvalid)),
            message: "rehearsal".to_owned(),
            click_text: "c".to_owned(),
            code_text: "1".to_owned(),
            match_at: Some(now),
            ..arrived
        },
    };
    let report = conversion.map(|conversion| Arc::new(sale(conversion)));
    PostbackWrite { postback, report, matched: false, mode: Mode::Insert }
}

fn sale(conversion: Conversion) -> Report {
    let (policy, scope) = (UpdatePolicy::None, TransactionScope::PerClick);
    Report { conversion, refund: None, policy, scope }
}
