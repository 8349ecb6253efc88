//! Calls about payouts, about the statements of networks, and about reports.

use prost::Message as _;
use s2s_sdk::v1;

use super::{super::requests, CallWithId, NOT_FOUND};

#[expect(clippy::needless_update, reason = "some requests have no field but those that are set")]
pub const CALLS: [CallWithId; 17] = [
    CallWithId {
        method: "PayoutService/GetPartnerBalance",
        refusal: NOT_FOUND,
        request: ask!(GetPartnerBalanceRequest { partner_id: of.partner.clone() }, _own, of),
    },
    CallWithId {
        method: "PayoutService/ListPartnerLines",
        refusal: None,
        request: ask!(ListPartnerLinesRequest { partner_id: of.partner.clone() }, _own, of),
    },
    CallWithId {
        method: "PayoutService/ListPartnerLines",
        refusal: None,
        request: ask!(
            ListPartnerLinesRequest { partner_id: own.partner.clone(), payout_id: of.payout.clone() },
            own,
            of
        ),
    },
    CallWithId {
        method: "PayoutService/CreatePartnerEntry",
        refusal: NOT_FOUND,
        request: ask!(
            CreatePartnerEntryRequest {
                entry: Some(v1::PartnerEntry {
                    partner_id: of.partner.clone(),
                    amount: Some(v1::Money { currency_code: "USD".to_owned(), micros: 1 }),
                    note: "x".to_owned(),
                    ..Default::default()
                })
            },
            _own,
            of
        ),
    },
    CallWithId {
        method: "PayoutService/CreatePayout",
        refusal: NOT_FOUND,
        request: ask!(CreatePayoutRequest { partner_id: of.partner.clone(), validate_only: true }, _own, of),
    },
    CallWithId {
        method: "PayoutService/GetPayout",
        refusal: NOT_FOUND,
        request: ask!(GetPayoutRequest { payout_id: of.payout.clone() }, _own, of),
    },
    CallWithId {
        method: "PayoutService/ListPayouts",
        refusal: None,
        request: ask!(ListPayoutsRequest { partner_id: of.partner.clone() }, _own, of),
    },
    CallWithId {
        method: "PayoutService/MarkPayoutPaid",
        refusal: NOT_FOUND,
        request: ask!(
            MarkPayoutPaidRequest { payout_id: of.payout.clone(), reference: "x".to_owned() },
            _own,
            of
        ),
    },
    CallWithId {
        method: "PayoutService/CancelPayout",
        refusal: NOT_FOUND,
        request: ask!(CancelPayoutRequest { payout_id: of.payout.clone() }, _own, of),
    },
    CallWithId {
        method: "ReportService/QueryReport",
        refusal: NOT_FOUND,
        request: ask!(
            QueryReportRequest {
                start: "2026-01-01".to_owned(),
                filters: vec![v1::ReportFilter {
                    dimension: v1::ReportDimension::Link.into(),
                    values: vec![of.link.clone()],
                    ..Default::default()
                }]
            },
            _own,
            of
        ),
    },
    CallWithId {
        method: "StatementService/CreateStatement",
        refusal: NOT_FOUND,
        request: |_own, of| requests::statement(&of.code).encode_to_vec(),
    },
    CallWithId {
        method: "StatementService/AddStatementRows",
        refusal: NOT_FOUND,
        request: ask!(
            AddStatementRowsRequest {
                statement_id: of.statement.clone(),
                first_number: 1,
                rows: vec![v1::NewStatementRow { transaction_id: "x".to_owned(), ..Default::default() }]
            },
            _own,
            of
        ),
    },
    CallWithId {
        method: "StatementService/CompareStatement",
        refusal: NOT_FOUND,
        request: ask!(CompareStatementRequest { statement_id: of.statement.clone() }, _own, of),
    },
    CallWithId {
        method: "StatementService/GetStatement",
        refusal: NOT_FOUND,
        request: ask!(GetStatementRequest { statement_id: of.statement.clone() }, _own, of),
    },
    CallWithId {
        method: "StatementService/ListStatementRows",
        refusal: NOT_FOUND,
        request: ask!(ListStatementRowsRequest { statement_id: of.statement.clone() }, _own, of),
    },
    CallWithId {
        method: "StatementService/ResolveStatementRows",
        refusal: NOT_FOUND,
        request: ask!(
            ResolveStatementRowsRequest { statement_id: of.statement.clone(), numbers: vec![1], action: 1 },
            _own,
            of
        ),
    },
    CallWithId {
        method: "StatementService/DeleteStatement",
        refusal: NOT_FOUND,
        request: ask!(DeleteStatementRequest { statement_id: of.statement.clone() }, _own, of),
    },
];
