//! The server's health, for load balancers and operators.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic_health::{ServingStatus, server::HealthReporter};

use super::{
    http2::ClientErrors,
    tls::{self, Tls},
};
use crate::{clock::Watch, core::postback::ShedCounts, db::Db, edge::EdgeHealth};

/// Poll interval.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Time limit for the database's answer to the health query.
const DATABASE_BUDGET: Duration = Duration::from_secs(2);

/// The known facts about the server's health. Clones share state.
#[derive(Clone)]
pub struct Health {
    /// The edge's health, if there is an edge.
    edge: Option<EdgeHealth>,
    /// The database answers and accepts writes. Always `true` if the role has no database.
    database: Arc<AtomicBool>,
    clocks: Watch,
    http2_refusals: ClientErrors,
    /// The certificates of the main port, if it speaks TLS.
    tls: Option<Tls>,
    shed: ShedCounts,
    stopping: CancellationToken,
}

/// The server's condition, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Serving,
    /// Nothing is lost: calls go to the spool, or old records still wait there.
    Degraded,
    NotServing,
}

impl Health {
    pub fn new(
        edge: Option<EdgeHealth>,
        clocks: Watch,
        http2_refusals: ClientErrors,
        tls: Option<Tls>,
        shed: ShedCounts,
        stopping: CancellationToken,
    ) -> Self {
        Self { edge, database: Arc::new(AtomicBool::new(true)), clocks, http2_refusals, tls, shed, stopping }
    }

    fn state(&self) -> State {
        if self.stopping.is_cancelled() {
            return State::NotServing;
        }
        let core = self.database.load(Ordering::Relaxed);
        match &self.edge {
            Some(edge) if !core || edge.is_down() => {
                if edge.keeps() {
                    State::Degraded
                } else {
                    State::NotServing
                }
            }
            Some(edge) if !edge.is_drained() => State::Degraded,
            None if !core => State::NotServing,
            _ => State::Serving,
        }
    }

    /// The answer of `GET /healthz`.
    pub fn answer(&self) -> Response {
        let (status, text) = match self.state() {
            State::Serving => (StatusCode::OK, "serving"),
            State::Degraded => (StatusCode::OK, "degraded: spooling"),
            State::NotServing => (StatusCode::SERVICE_UNAVAILABLE, "not serving"),
        };
        let mut body = serde_json::json!({
            "status": text,
            "clock": self.clocks.differences(),
            "http2_refusals": self.http2_refusals.count(),
            "strangers": {"shed": self.shed.shed(), "dropped": self.shed.dropped()},
        });
        let spool = self.edge.as_ref().and_then(EdgeHealth::spool);
        let spool = spool.map(|spool| {
            serde_json::json!({
                "records": spool.records,
                "bytes": spool.bytes,
                "oldest_age_seconds": spool.oldest_age.seconds(),
                "standing_seconds": spool.standing.seconds(),
                "fsync_failures": spool.sync_failures,
                "put_aside": spool.put_aside,
                "lost": spool.lost,
                "refusing": spool.refusing,
            })
        });
        let cause = self.edge.as_ref().map(|edge| edge.core_cause().into());
        let parts = [("core_cause", cause), ("spool", spool), ("certificate", self.certificate())];
        if let Some(members) = body.as_object_mut() {
            let present = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?)));
            members.extend(present);
        }
        (status, Json(body)).into_response()
    }

    /// The certificate of the main port, if it speaks TLS.
    fn certificate(&self) -> Option<serde_json::Value> {
        let ends = self.tls.as_ref()?.certificate_ends();
        let left = ends.ahead_of(self.clocks.clock().now());
        Some(serde_json::json!({ "ends": tls::date(ends), "seconds_left": left.seconds() }))
    }

    /// Polls the database and updates gRPC's health service, until `stopping`. `db` returns the
    /// database, or `Some(None)` before it is reached, or `None` if this role has no database.
    pub async fn run(self, db: impl Fn() -> Option<Option<Db>>, reporter: HealthReporter) {
        // The status that the reporter begins with.
        let mut told = ServingStatus::Serving;
        loop {
            let answers = match db() {
                Some(Some(db)) => timeout(DATABASE_BUDGET, db.serves()).await.unwrap_or(false),
                // The database has not been reached yet.
                Some(None) => false,
                None => true,
            };
            self.database.store(answers, Ordering::Relaxed);
            let status = match self.state() {
                State::Serving | State::Degraded => ServingStatus::Serving,
                State::NotServing => ServingStatus::NotServing,
            };
            // Setting a status sends it to every watcher, even if it has not changed.
            if std::mem::replace(&mut told, status) != status {
                reporter.set_service_status("", status).await;
            }
            if self.stopping.is_cancelled() {
                return;
            }
            let _ = timeout(LOOK_INTERVAL, self.stopping.cancelled()).await;
        }
    }
}
