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
use serde::Serialize;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic_health::{ServingStatus, server::HealthReporter};

use super::{http2::ClientErrors, tls::Tls};
use crate::{
    clock::{Differences, Watch},
    core::{geo::Geo, postback::ShedCounts},
    db::Db,
    edge::{EdgeHealth, SpoolStatus},
    values::time::Time,
};

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
    geo: Geo,
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

/// The body of the answer of `/healthz`. docs/operate/monitoring.md describes the fields.
#[derive(Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<Certificate>,
    clock: Differences,
    #[serde(flatten)]
    edge: Option<OfEdge>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geo_database: Option<GeoDatabase>,
    http2_refusals: u64,
    status: &'static str,
    strangers: Strangers,
}

/// The members of an answer that a server without an edge leaves out.
#[derive(Serialize)]
struct OfEdge {
    /// `null` while the core accepts calls.
    core_cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spool: Option<Spool>,
}

#[derive(Serialize)]
struct Certificate {
    ends: String,
    seconds_left: i64,
}

/// The data by which clicks get a country.
#[derive(Serialize)]
struct GeoDatabase {
    /// `null` if the file can't be used.
    age_seconds: Option<i64>,
    built: Option<String>,
    /// `null` if the file is in use.
    fault: Option<&'static str>,
}

#[derive(Serialize)]
struct Strangers {
    dropped: u64,
    shed: u64,
}

#[derive(Serialize)]
struct Spool {
    bytes: u64,
    fsync_failures: u64,
    lost: u64,
    oldest_age_seconds: i64,
    put_aside: u64,
    records: u64,
    refusing: bool,
    standing_seconds: i64,
}

impl Spool {
    fn of(status: SpoolStatus) -> Self {
        Self {
            bytes: status.bytes,
            fsync_failures: status.sync_failures,
            lost: status.lost,
            oldest_age_seconds: status.oldest_age.seconds(),
            put_aside: status.put_aside,
            records: status.records,
            refusing: status.refusing,
            standing_seconds: status.standing.seconds(),
        }
    }
}

impl Health {
    pub fn new(
        edge: Option<EdgeHealth>,
        clocks: Watch,
        http2_refusals: ClientErrors,
        tls: Option<Tls>,
        geo: Geo,
        shed: ShedCounts,
        stopping: CancellationToken,
    ) -> Self {
        Self {
            edge,
            database: Arc::new(AtomicBool::new(true)),
            clocks,
            http2_refusals,
            tls,
            geo,
            shed,
            stopping,
        }
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
        let answer = Answer {
            certificate: self.certificate(),
            clock: self.clocks.differences(),
            edge: self
                .edge
                .as_ref()
                .map(|edge| OfEdge { core_cause: edge.core_cause(), spool: edge.spool().map(Spool::of) }),
            geo_database: self.geo_database(),
            http2_refusals: self.http2_refusals.count(),
            status: text,
            strangers: Strangers { dropped: self.shed.dropped(), shed: self.shed.shed() },
        };
        (status, Json(answer)).into_response()
    }

    /// The certificate of the main port, if it speaks TLS.
    fn certificate(&self) -> Option<Certificate> {
        let ends = self.tls.as_ref()?.certificate_ends();
        let left = ends.ahead_of(self.clocks.clock().now());
        Some(Certificate { ends: ends.date(), seconds_left: left.seconds() })
    }

    fn geo_database(&self) -> Option<GeoDatabase> {
        let (built, fault) = match self.geo.built()? {
            Ok(built) => (Some(built), None),
            Err(fault) => (None, Some(fault.text())),
        };
        let age = built.map(|built| self.clocks.clock().now().ahead_of(built).seconds());
        Some(GeoDatabase { age_seconds: age, built: built.map(Time::date), fault })
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
