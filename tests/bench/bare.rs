//! The cost of the libraries alone: tonic and axum with services that answer at once with
//! constants.
//!
//! The workload `NoOp` measures a call with almost empty messages; this `RecordConversion` service
//! measures a call with the messages of `RecordConversion`. The rest of the cost of a real call is
//! the server's work. Like the server, this program is a process of its own. It has as many threads
//! as the server.

use std::{
    env,
    ffi::OsStr,
    io::{self, Write as _},
    net::SocketAddr,
    process::Stdio,
};

use axum::{
    Router,
    http::{StatusCode, header},
    routing::get,
};
use futures::{FutureExt as _, StreamExt as _, stream};
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use s2s_sdk::v1::{
    BatchRecordConversionsRequest, BatchRecordConversionsResponse, Conversion, ConversionStatus,
    ConversionVerdict, GetConversionRequest, GetConversionResponse, ListConversionsRequest,
    ListConversionsResponse, ListPartnerConversionsRequest, ListPartnerConversionsResponse, Money,
    RecordConversionRequest, RecordConversionResponse, StreamRecordConversionsRequest,
    StreamRecordConversionsResponse, WatchConversionsRequest, WatchConversionsResponse,
    conversion_service_server::{ConversionService, ConversionServiceServer},
    record_conversion_request::Report,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    process::{Child, Command},
    runtime,
    task::JoinSet,
};
use tonic::{
    Request, Response, Status, Streaming,
    transport::{Server, server::TcpIncoming},
};

use crate::Result;

/// The argument that makes this program the service.
pub const ARGUMENT: &str = "--serve-bare";

/// The service in a process of its own, which ends with this process.
pub struct Bare {
    process: Child,
    /// The URL of tonic's port.
    pub url: String,
    /// The address of axum's port, `127.0.0.1:PORT`.
    pub http_address: String,
}

impl Bare {
    /// Starts the service. `program`: the command line of the program that runs it; empty for none.
    pub async fn start(program: &[String]) -> Result<Self> {
        let own = env::current_exe()?;
        let mut words = program.iter().map(OsStr::new).chain([own.as_os_str(), OsStr::new(ARGUMENT)]);
        let mut command = Command::new(words.next().ok_or("no program")?);
        command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn()?;
        let mut said = BufReader::new(process.stdout.take().ok_or("the service says nothing")?).lines();
        let address = said.next_line().await?.ok_or("the service did not start")?;
        let http_address = said.next_line().await?.ok_or("the service did not start")?;
        Ok(Self { process, url: format!("http://{address}"), http_address })
    }

    pub fn process_id(&self) -> Result<u32> {
        Ok(self.process.id().ok_or("the service has ended")?)
    }
}

/// Prints the addresses of the ports, then serves until standard input ends. Standard input ends
/// when the parent process ends.
pub fn serve() -> Result<()> {
    let threads = std::thread::available_parallelism()?.get().div_ceil(2);
    let mut builder = match threads {
        1 => runtime::Builder::new_current_thread(),
        _ => runtime::Builder::new_multi_thread(),
    };
    builder.worker_threads(threads).enable_all().build()?.block_on(async {
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let (listener, http) = (TcpListener::bind(any_port).await?, TcpListener::bind(any_port).await?);
        writeln!(io::stdout(), "{}\n{}", listener.local_addr()?, http.local_addr()?)?;
        let (reporter, health) = tonic_health::server::health_reporter();
        reporter.set_service_status("", tonic_health::ServingStatus::Serving).await;
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let input = tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink()));
        // A failure to read ends the service as well.
        let ended = input.map(|_| ());
        let server =
            Server::builder().add_service(ConversionServiceServer::new(Constant)).add_service(health);
        tokio::select! {
            end = server.serve_with_incoming_shutdown(incoming, ended) => Ok(end?),
            end = serve_http(http) => end,
        }
    })
}

/// Answers health checks, postbacks and visits with constants.
async fn serve_http(listener: TcpListener) -> Result<()> {
    let visit = || async { (StatusCode::FOUND, [(header::LOCATION, "https://shop.example/?s1=0")]) };
    let routes = Router::new()
        .route("/healthz", get(|| async { "serving" }))
        .route("/s2s", get(|| async { ([("s2s-verdict", "RECORDED")], "recorded") }))
        .route("/{slug}", get(visit));
    let mut connections = JoinSet::new();
    loop {
        let stream = TokioIo::new(listener.accept().await?.0);
        let routes = TowerToHyperService::new(routes.clone());
        connections.spawn(http1::Builder::new().serve_connection(stream, routes));
    }
}

/// The service. The benchmark calls only its method `record_conversion`.
struct Constant;

#[tonic::async_trait]
impl ConversionService for Constant {
    type StreamRecordConversionsStream = stream::BoxStream<'static, Answer>;

    async fn record_conversion(
        &self,
        request: Request<RecordConversionRequest>,
    ) -> std::result::Result<Response<RecordConversionResponse>, Status> {
        let Some(Report::Conversion(reported)) = request.into_inner().report else {
            // The benchmark does not accept this answer.
            return Ok(Response::new(RecordConversionResponse::default()));
        };
        let money = |micros| Some(Money { currency_code: "USD".to_owned(), micros });
        let time = Some(prost_types::Timestamp { seconds: 1_763_900_000, nanos: 123_456_000 });
        let conversion = Conversion {
            id: format!("conv_{}", "0".repeat(42)),
            conversion_code_id: reported.conversion_code_id,
            tracking_link_id: format!("link_{}", "0".repeat(26)),
            click_id: reported.click_id,
            transaction_id: reported.transaction_id,
            value: money(19_990_000),
            commission: money(500_000),
            status: ConversionStatus::Approved.into(),
            conversion_time: time,
            create_time: time,
            click_time: time,
            ..Default::default()
        };
        let verdict = ConversionVerdict::Recorded.into();
        Ok(Response::new(RecordConversionResponse {
            conversion_id: conversion.id.clone(),
            conversion: Some(conversion),
            verdict,
            ..Default::default()
        }))
    }

    async fn batch_record_conversions(
        &self,
        _: Request<BatchRecordConversionsRequest>,
    ) -> std::result::Result<Response<BatchRecordConversionsResponse>, Status> {
        Ok(Response::new(BatchRecordConversionsResponse::default()))
    }

    async fn stream_record_conversions(
        &self,
        _: Request<Streaming<StreamRecordConversionsRequest>>,
    ) -> std::result::Result<Response<Self::StreamRecordConversionsStream>, Status> {
        Ok(Response::new(stream::empty().boxed()))
    }

    async fn get_conversion(
        &self,
        _: Request<GetConversionRequest>,
    ) -> std::result::Result<Response<GetConversionResponse>, Status> {
        Ok(Response::new(GetConversionResponse::default()))
    }

    async fn list_conversions(
        &self,
        _: Request<ListConversionsRequest>,
    ) -> std::result::Result<Response<ListConversionsResponse>, Status> {
        Ok(Response::new(ListConversionsResponse::default()))
    }

    async fn list_partner_conversions(
        &self,
        _: Request<ListPartnerConversionsRequest>,
    ) -> std::result::Result<Response<ListPartnerConversionsResponse>, Status> {
        Ok(Response::new(ListPartnerConversionsResponse::default()))
    }

    type WatchConversionsStream =
        stream::BoxStream<'static, std::result::Result<WatchConversionsResponse, Status>>;

    async fn watch_conversions(
        &self,
        _: Request<WatchConversionsRequest>,
    ) -> std::result::Result<Response<Self::WatchConversionsStream>, Status> {
        Ok(Response::new(stream::empty().boxed()))
    }
}

type Answer = std::result::Result<StreamRecordConversionsResponse, Status>;
