//! Texts in any script come back as they were sent, from every table that has texts of people.

use s2s_sdk::{
    Client,
    prost_types::Timestamp,
    v1::{
        AddStatementRowsRequest, Approval, CompareStatementRequest, Conversion, ConversionStatus,
        CreateAdjustmentRequest, CreatePartnerEntryRequest, CreatePartnerRequest, CreatePayoutRequest,
        CreateStatementRequest, GetPartnerRequest, GetPayoutRequest, ListAdjustmentsRequest,
        ListPartnerLinesRequest, ListStatementRowsRequest, MarkPayoutPaidRequest, Money, NewAdjustment,
        NewStatementRow, Partner, PartnerEntry, ResolveStatementRowsRequest, Statement, StatementAction,
        StatementState,
        new_adjustment::{Change, Target},
    },
};

use crate::partners::Shop;

const TEXT: &str = "Ада 💶 fée – 広告";

fn text() -> String {
    TEXT.to_owned()
}

#[tokio::test]
async fn texts_in_any_script_come_back_from_every_table() {
    let shop = Shop::open().await;
    let client = shop.server.client();
    let partner = Partner { name: text(), payee: text(), external_id: text(), ..Default::default() };
    let request = CreatePartnerRequest { partner: Some(partner), ..Default::default() };
    let partner_id = client.partners().create(request).await.unwrap().partner.unwrap().id;
    let get = GetPartnerRequest { partner_id: partner_id.clone() };
    let partner = client.partners().get(get).await.unwrap().partner.unwrap();
    assert_eq!([partner.name, partner.payee, partner.external_id], [TEXT; 3]);

    let amount = Some(Money { currency_code: "USD".to_owned(), micros: 5_000_000 });
    let entry = PartnerEntry {
        partner_id: partner_id.clone(),
        amount: amount.clone(),
        note: text(),
        ..Default::default()
    };
    let request = CreatePartnerEntryRequest { entry: Some(entry), ..Default::default() };
    client.payouts().create_partner_entry(request).await.unwrap();
    let request = ListPartnerLinesRequest { partner_id: partner_id.clone(), ..Default::default() };
    assert_eq!(client.payouts().list_partner_lines_page(request).await.unwrap().lines[0].note, TEXT);
    let request = CreatePayoutRequest { partner_id, expected_total: amount, ..Default::default() };
    let payout_id = client.payouts().create(request).await.unwrap().payout.unwrap().id;
    let transfer =
        MarkPayoutPaidRequest { payout_id: payout_id.clone(), reference: text(), ..Default::default() };
    client.payouts().mark_payout_paid(transfer).await.unwrap();
    let payout = client.payouts().get(GetPayoutRequest { payout_id }).await.unwrap().payout.unwrap();
    assert_eq!(payout.reference, TEXT);

    let link = shop.link(&shop.partner, None).await;
    let sale = shop.sale(&link, TEXT, ConversionStatus::Pending).await;
    assert_eq!(sale.transaction_id, TEXT);
    let adjustment = NewAdjustment {
        target: Some(Target::ConversionId(sale.id.clone())),
        change: Some(Change::Approve(Approval {})),
        external_id: text(),
        remark: text(),
        ..Default::default()
    };
    let request = CreateAdjustmentRequest { adjustment: Some(adjustment), ..Default::default() };
    client.adjustments().create(request).await.unwrap();
    let list = ListAdjustmentsRequest::default();
    let adjusted = client.adjustments().list_page(list).await.unwrap().adjustments.pop().unwrap();
    assert_eq!([adjusted.remark, adjusted.external_id], [TEXT; 2]);

    check_statement(&client, sale).await;
}

/// The name of a statement, and the texts of its rows.
async fn check_statement(client: &Client, sale: Conversion) {
    let start = sale.create_time.unwrap();
    let end = Timestamp { seconds: start.seconds + 60, ..start };
    let statement = Statement {
        conversion_code_id: sale.conversion_code_id,
        name: text(),
        file_sha256: "a".repeat(64),
        start_time: Some(start),
        end_time: Some(end),
        time_zone: "UTC".to_owned(),
        ..Default::default()
    };
    let request = CreateStatementRequest { statement: Some(statement), ..Default::default() };
    let statement = client.statements().create(request).await.unwrap().statement.unwrap();
    assert_eq!(statement.name, TEXT);
    let row = NewStatementRow { transaction_id: text(), click_id: text(), ..Default::default() };
    let statement_id = statement.id;
    let request =
        AddStatementRowsRequest { statement_id: statement_id.clone(), first_number: 1, rows: vec![row] };
    client.statements().add_statement_rows(request).await.unwrap();
    loop {
        let request = CompareStatementRequest { statement_id: statement_id.clone() };
        let compared = client.statements().compare(request).await.unwrap().statement.unwrap();
        if compared.state() == StatementState::Complete {
            break;
        }
    }
    let request = ResolveStatementRowsRequest {
        statement_id: statement_id.clone(),
        numbers: vec![1],
        action: StatementAction::Note.into(),
        note: text(),
        ..Default::default()
    };
    client.statements().resolve_statement_rows(request).await.unwrap();
    let request = ListStatementRowsRequest { statement_id, ..Default::default() };
    let found = client.statements().list_statement_rows_page(request).await.unwrap().rows.pop().unwrap();
    assert_eq!([found.transaction_id, found.click_id, found.note], [TEXT; 3]);
    assert_eq!(found.conversion_id, sale.id);
}
