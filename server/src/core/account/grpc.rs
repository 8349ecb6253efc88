//! `AccountService`: translation between its messages and commands.

use std::sync::Arc;

use s2s_sdk::v1::{
    self, CreateAccountRequest, CreateAccountResponse, GetAccountRequest, GetAccountResponse,
    ListAccountsRequest, ListAccountsResponse, UpdateAccountRequest, UpdateAccountResponse,
    account_service_server::{AccountService, AccountServiceServer},
};
use tonic::{Request, Response, Status};

use super::{Account, parse_id};
use crate::{
    api::{self, Caller},
    core::App,
    error::{Result, Violations},
    page::PageRequest,
    values::{
        id::{AccountId, RequestKey},
        text::parse_name,
    },
};

pub struct Service(Arc<App>);

pub fn service(app: Arc<App>) -> AccountServiceServer<Service> {
    AccountServiceServer::new(Service(app))
}

#[tonic::async_trait]
impl AccountService for Service {
    async fn create_account(
        &self,
        request: Request<CreateAccountRequest>,
    ) -> Result<Response<CreateAccountResponse>, Status> {
        let (name, key, validate_only) = parse_create(request.into_inner())?;
        let account = super::create(&self.0, name, key, validate_only).await?;
        Ok(Response::new(CreateAccountResponse { account: Some(account.into()) }))
    }

    async fn get_account(
        &self,
        request: Request<GetAccountRequest>,
    ) -> Result<Response<GetAccountResponse>, Status> {
        let caller = Caller::of(&request);
        let id = &request.get_ref().account_id;
        let id = if id.is_empty() { caller.account } else { parse_id(id)? };
        let account = super::get(&self.0, caller.governs(), id).await?;
        Ok(Response::new(GetAccountResponse { account: Some(account.into()) }))
    }

    async fn list_accounts(
        &self,
        request: Request<ListAccountsRequest>,
    ) -> Result<Response<ListAccountsResponse>, Status> {
        let account = api::account(&request);
        let request = request.into_inner();
        let page = PageRequest::parse("ListAccounts", account, request.page_size, &request.page_token, &[])?;
        let accounts = super::list(&self.0, &page).await?;
        let (accounts, next_page_token) = accounts.into_messages(Into::into);
        Ok(Response::new(ListAccountsResponse { accounts, next_page_token }))
    }

    async fn update_account(
        &self,
        request: Request<UpdateAccountRequest>,
    ) -> Result<Response<UpdateAccountResponse>, Status> {
        let (id, name, validate_only) = parse_update(request.into_inner())?;
        let account = super::rename(&self.0, id, name, validate_only).await?;
        Ok(Response::new(UpdateAccountResponse { account: Some(account.into()) }))
    }
}

fn parse_create(mut request: CreateAccountRequest) -> Result<(String, RequestKey, bool)> {
    let mut violations = Violations::default();
    // A dry run must have the digest of the real request, so `validate_only` is not part of it.
    let validate_only = std::mem::take(&mut request.validate_only);
    let key = violations.check("request_id", RequestKey::parse(&request.request_id, &request));
    let name = violations.check("account.name", parse_name(&request.account.unwrap_or_default().name));
    match name.zip(key) {
        Some((name, key)) => Ok((name, key, validate_only)),
        None => Err(violations.into_error()),
    }
}

fn parse_update(request: UpdateAccountRequest) -> Result<(AccountId, String, bool)> {
    let account = request.account.unwrap_or_default();
    let id = parse_id(&account.id)?;
    let mut violations = Violations::default();
    violations.check_mask(request.update_mask, &["name"]);
    let name = violations.check("account.name", parse_name(&account.name));
    match name.filter(|_| violations.is_empty()) {
        Some(name) => Ok((id, name, request.validate_only)),
        None => Err(violations.into_error()),
    }
}

impl From<Account> for v1::Account {
    fn from(account: Account) -> Self {
        Self {
            id: account.id.to_string(),
            name: account.name,
            create_time: Some(account.created_at.to_proto()),
            update_time: Some(account.updated_at.to_proto()),
        }
    }
}
